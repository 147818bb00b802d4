// One self-contained page: template, style and scripts are compiled in, the data goes between.
#include "emulator/core/text.h"
#include "harness/report/assets.h"
#include "harness/report/format.h"
#include "harness/report/page_data.h"

namespace squall::harness {
namespace {

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else out += c;
  }
  return out;
}

std::string value_of(std::string_view name, const Report& report) {
  if (name == "title")
    return html_escaped(cat(verdict_of(report).word, ": ",
                            report.title.empty() ? report.drill : report.title));
  if (name == "style") return std::string(assets::style);
  if (name == "plain") return html_escaped(terminal_text(report, false));
  if (name == "data") return page_data(report);
  if (name == "script") return cat(assets::charts, assets::page);
  return "";
}

}  // namespace

std::string report_html(const Report& report) {
  // One pass: what is put in is not looked at again, whatever it holds.
  std::string out;
  std::string_view rest = assets::page_template;
  for (size_t at = rest.find("{{"); at != rest.npos; at = rest.find("{{")) {
    const size_t end = rest.find("}}", at);
    out += rest.substr(0, at);
    out += value_of(rest.substr(at + 2, end - at - 2), report);
    rest.remove_prefix(end + 2);
  }
  out += rest;
  return out;
}

}  // namespace squall::harness
