#include "tests/tidy/checks.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <sstream>

namespace tidy {

bool starts(std::string_view text, std::string_view with) { return text.starts_with(with); }
bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}
static bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

bool has_word(std::string_view text, std::string_view word) {
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool begins = at == 0 || !is_word(word.front()) || !is_word(text[at - 1]);
    const bool ends = end == text.size() || !is_word(word.back()) || !is_word(text[end]);
    if (begins && ends) return true;
  }
  return false;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string extension(const std::string& path, const std::string& text) {
  const std::string ext = std::filesystem::path(path).extension();
  if (!ext.empty()) return ext;
  return starts(text, "#!") && has(text.substr(0, text.find('\n')), "sh") ? ".sh" : "";
}
bool is_cpp(const std::string& ext) { return ext == ".cpp" || ext == ".h"; }
bool is_source(const std::string& ext) { return is_cpp(ext) || ext == ".py" || ext == ".sh"; }

// The end of the comment or literal that begins at `at`, or `at` when none does.
static size_t skip_quiet(const std::string& t, size_t at) {
  const auto until = [&](std::string_view end) {
    const size_t found = t.find(end, at + 2);
    return found == std::string::npos ? t.size() : found + end.size();
  };
  if (t.compare(at, 2, "//") == 0) return std::min(t.find('\n', at), t.size());
  if (t.compare(at, 2, "/*") == 0) return until("*/");
  if (t.compare(at, 2, "R\"") == 0 && (at == 0 || !is_word(t[at - 1]))) {
    const size_t open = t.find('(', at);
    return until(")" + t.substr(at + 2, open - at - 2) + "\"");
  }
  const bool digit_separator = t[at] == '\'' && at > 0 && is_word(t[at - 1]);
  if ((t[at] != '"' && t[at] != '\'') || digit_separator) return at;
  size_t end = at + 1;
  while (end < t.size() && t[end] != t[at]) end += t[end] == '\\' ? 2 : 1;
  return std::min(end + 1, t.size());
}

std::string code_of(const std::string& text) {
  std::string out = text;
  const auto blank = [&](size_t from, size_t to) {
    for (size_t i = from; i < to; ++i) out[i] = out[i] == '\n' ? '\n' : ' ';
  };
  bool line_begins = true;
  for (size_t i = 0; i < text.size();) {
    size_t end = skip_quiet(text, i);
    if (end == i && line_begins && text[i] == '#') {
      end = text.find('\n', i);
      while (end != std::string::npos && text[end - 1] == '\\') end = text.find('\n', end + 1);
      end = std::min(end, text.size());
    }
    if (end > i) {
      blank(i, end);
      i = end;
      continue;
    }
    line_begins = text[i] == '\n' || (line_begins && text[i] == ' ');
    ++i;
  }
  return out;
}

}  // namespace tidy
