// The models' patterns are written for Java or ECMAScript: translated to PCRE2's dialect here.
#include "emulator/model/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <atomic>
#include <charconv>
#include <cstdio>
#include <memory>

namespace squall::model {
namespace {

constexpr uint32_t match_limit = 200'000;  // bounds backtracking: a few milliseconds
constexpr std::string_view class_letters = "wdsWDS";
char refused;  // its address marks a pattern that does not compile

/// The code unit of a \uHHHH at `at`, or -1.
int code_unit(std::string_view p, size_t at) {
  if (p.size() < at + 6 || p[at] != '\\' || p[at + 1] != 'u') return -1;
  int unit = 0;
  const char* end = p.data() + at + 6;
  const auto [stop, error] = std::from_chars(end - 4, end, unit, 16);
  return error == std::errc() && stop == end ? unit : -1;
}

void append_code_point(std::string& out, int point) {
  char text[16];
  std::snprintf(text, sizeof text, "\\x{%X}", static_cast<unsigned>(point));
  out += text;
}

/// \uHHHH, surrogate pairs and Java's \p{ASCII} and \p{Print} are spelt otherwise in PCRE2.
std::string translate(std::string_view p) {
  std::string out;
  for (size_t i = 0; i < p.size();) {
    if (p[i] != '\\') {
      out += p[i++];
      continue;
    }
    const int unit = code_unit(p, i);
    const int low = unit >= 0xD800 && unit < 0xDC00 ? code_unit(p, i + 6) : -1;
    if (low >= 0xDC00 && low < 0xE000) {
      append_code_point(out, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
      i += 12;
    } else if (unit >= 0) {
      append_code_point(out, unit);
      i += 6;
    } else if (p.substr(i).starts_with("\\p{ASCII}")) {
      out += "[\\x00-\\x7F]";
      i += 9;
    } else if (p.substr(i).starts_with("\\p{Print}")) {
      out += "[\\x20-\\x7E]";
      i += 9;
    } else {
      out += p.substr(i, 2);
      const std::string_view letter = p.substr(i + 1, 1);
      const bool is_class = !letter.empty() && class_letters.find(letter) != letter.npos;
      i += 2;
      if (is_class && i < p.size() && p[i] == '-') out += '\\';  // [\w-_]: the hyphen is itself
    }
  }
  return out;
}

pcre2_code* compile(std::string_view pattern, int& error) {
  const std::string text = translate(pattern);
  PCRE2_SIZE offset = 0;
  return pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                       PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED,
                       &error, &offset, nullptr);
}

/// Scratch space of a thread, reused for every match.
struct Scratch {
  pcre2_match_data* data = pcre2_match_data_create(1, nullptr);
  pcre2_match_context* context = pcre2_match_context_create(nullptr);
  Scratch() { pcre2_set_match_limit(context, match_limit); }
  ~Scratch() {
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
};

void* compiled(const Tables& tables, const ConstraintRow& row) {
  std::atomic<void*>& slot = tables.patterns[&row - tables.constraints.data()];
  void* found = slot.load(std::memory_order_acquire);
  if (found) return found;
  int error = 0;
  void* made = compile(tables.strings + row.pattern, error);
  if (!made) made = &refused;
  if (slot.compare_exchange_strong(found, made, std::memory_order_acq_rel)) return made;
  if (made != &refused) pcre2_code_free(static_cast<pcre2_code*>(made));  // another thread won
  return found;
}

}  // namespace

bool matches(const Tables& tables, const ConstraintRow& constraint, std::string_view text) {
  void* code = compiled(tables, constraint);
  if (code == &refused) return true;
  thread_local const Scratch scratch;
  const int result = pcre2_match(static_cast<pcre2_code*>(code),
                                 reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, 0,
                                 scratch.data, scratch.context);
  return result >= 0 || result == PCRE2_ERROR_MATCHLIMIT || result == PCRE2_ERROR_DEPTHLIMIT ||
         result == PCRE2_ERROR_HEAPLIMIT;
}

std::optional<bool> matches_pattern(std::string_view pattern, std::string_view text) {
  struct Last {  // one expression is asked about many texts in a row
    std::string pattern;
    pcre2_code* code = nullptr;
    ~Last() { pcre2_code_free(code); }
  };
  thread_local Last last;
  if (!last.code || last.pattern != pattern) {
    int error = 0;
    pcre2_code* code = compile(pattern, error);
    if (!code) return std::nullopt;
    pcre2_code_free(last.code);
    last.code = code;
    last.pattern = pattern;
  }
  thread_local const Scratch scratch;
  return pcre2_match(last.code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, 0,
                     scratch.data, scratch.context) >= 0;
}

std::string pattern_problem(std::string_view pattern) {
  int error = 0;
  if (pcre2_code* code = compile(pattern, error)) {
    pcre2_code_free(code);
    return {};
  }
  PCRE2_UCHAR text[256] = {};
  pcre2_get_error_message(error, text, sizeof text);
  return reinterpret_cast<const char*>(text);
}

}  // namespace squall::model
