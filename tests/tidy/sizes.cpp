#include "tests/tidy/checks.h"

#include <algorithm>
#include <cctype>

namespace tidy {

constexpr int max_function_lines = 70;
constexpr int max_columns = 100;

Complaints check_lines(const std::string& path, const std::string& text) {
  if (!is_source(extension(path, text))) return {};
  Complaints out;
  const auto lines = lines_of(text);
  const size_t most = starts(path, "services/dynamodb/expression") ? 600 : 400;
  if (lines.size() > most) {
    out.push_back(path + ": " + std::to_string(lines.size()) + " lines; split it");
  }
  for (size_t i = 0; i < lines.size(); ++i) {
    const auto columns = std::count_if(lines[i].begin(), lines[i].end(),
                                       [](char c) { return (c & 0xC0) != 0x80; });
    if (columns > max_columns) {
      out.push_back(path + ":" + std::to_string(i + 1) + ": " + std::to_string(columns) +
                    " columns");
    }
  }
  return out;
}

static void complain_of_length(Complaints& out, const std::string& path, int first, int last) {
  if (last - first + 1 <= max_function_lines) return;
  out.push_back(path + ":" + std::to_string(first) + ": a function of " +
                std::to_string(last - first + 1) + " lines");
}

// What a brace opens, judged by the text before it since the last `;`, `{` or `}`.
enum class Opens { scope, function, value };
static Opens what_opens(const std::string& head) {
  if (has_word(head, "namespace") || has(head, "extern")) return Opens::scope;
  const size_t paren = head.find('('), equals = head.find('=');
  for (const char* type : {"class", "struct", "enum", "union"}) {
    if (has_word(head, type) && paren == std::string::npos && equals == std::string::npos) {
      return Opens::scope;
    }
  }
  if (has(head, "](")) return Opens::function;
  if (paren == std::string::npos || (equals < paren && !has(head, "operator"))) return Opens::value;
  return Opens::function;
}

// A function is a brace that nothing but namespaces and types encloses and that is no initialiser.
static Complaints check_cpp_functions(const std::string& path, const std::string& text) {
  Complaints out;
  const std::string code = code_of(text);
  std::vector<Opens> open;
  std::string head;
  int line = 1, head_line = 1, depth_in_function = 0;
  for (const char c : code) {
    if (c == '\n') ++line;
    if (c == '{') {
      if (depth_in_function > 0) {
        ++depth_in_function;
      } else if (what_opens(head) == Opens::scope) {
        open.push_back(Opens::scope);
      } else {
        depth_in_function = 1;
        open.push_back(what_opens(head));
      }
    }
    if (c == '}') {
      const bool closes_top = depth_in_function == 1;
      if (depth_in_function > 0) --depth_in_function;
      if (depth_in_function > 0) continue;
      if (closes_top && open.back() == Opens::function) {
        complain_of_length(out, path, head_line, line);
      }
      if (!open.empty()) open.pop_back();
    }
    if (depth_in_function > 0) continue;
    if (c == '{' || c == '}' || c == ';') head.clear();
    else if (!head.empty() || !std::isspace(static_cast<unsigned char>(c))) {
      if (head.empty()) head_line = line;
      head += c;
    }
  }
  return out;
}

// Python: from `def` to the last line that is indented deeper. Shell: from `name() {` to `}`.
static Complaints check_script_functions(const std::string& path, const std::string& text) {
  Complaints out;
  const bool python = extension(path, text) == ".py";
  const auto lines = lines_of(text);
  for (size_t i = 0; i < lines.size(); ++i) {
    const size_t indent = lines[i].find_first_not_of(' ');
    if (indent == std::string::npos) continue;
    const std::string body = lines[i].substr(indent);
    const bool def = python ? starts(body, "def ") || starts(body, "async def ")
                            : indent == 0 && has(body, "() {") && !has(body, "}");
    if (!def) continue;
    size_t last = i;
    for (size_t j = i + 1; j < lines.size(); ++j) {
      const size_t deep = lines[j].find_first_not_of(' ');
      if (deep == std::string::npos) continue;
      if (python && deep <= indent && lines[j][deep] != ')') break;
      last = j;
      if (!python && lines[j] == "}") break;
    }
    complain_of_length(out, path, static_cast<int>(i) + 1, static_cast<int>(last) + 1);
  }
  return out;
}

Complaints check_functions(const std::string& path, const std::string& text) {
  const std::string ext = extension(path, text);
  if (is_cpp(ext)) return check_cpp_functions(path, text);
  return is_source(ext) ? check_script_functions(path, text) : Complaints{};
}

}  // namespace tidy
