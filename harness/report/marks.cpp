// Compresses the timeline: ten targets that turn unhealthy within a minute are one thing to read.
#include <algorithm>
#include <cctype>
#include <map>

#include "harness/report/format.h"

namespace squall::harness {
namespace {

constexpr double together_s = 60;

/// The text without what differs from one resource to the next: words that hold digits.
std::string sort_of(const Mark& mark) {
  std::string kept = mark.category + '|', word;
  auto flush = [&] {
    if (std::ranges::none_of(word, [](unsigned char c) { return std::isdigit(c) != 0; }))
      kept += word + ' ';
    word.clear();
  };
  for (const char c : mark.text) {
    if (c == ' ')
      flush();
    else
      word += c;
  }
  flush();
  return kept;
}

/// What is left out first when room is short.
int weight(const std::string& category) {
  static constexpr std::string_view order[] = {"other", "targets", "scaling", "cache",
                                               "rds",   "alarm",   "fault"};
  const auto* at = std::ranges::find(order, category);
  return at == std::end(order) ? 0 : static_cast<int>(at - std::begin(order));
}

std::vector<MarkGroup> grouped_marks(const std::vector<Mark>& marks) {
  std::vector<MarkGroup> groups;
  std::map<std::string, size_t> latest;  // sort -> its newest group
  for (const Mark& mark : marks) {
    const std::string sort = sort_of(mark);
    const auto known = latest.find(sort);
    if (known != latest.end() && mark.at_s - groups[known->second].to_s <= together_s) {
      groups[known->second].to_s = mark.at_s;
      ++groups[known->second].count;
      continue;
    }
    latest[sort] = groups.size();
    std::string text = mark.text;
    if (!mark.subject.empty() && text.find(mark.subject) == text.npos)
      text = mark.subject + ": " + text;
    groups.push_back({mark.at_s, mark.at_s, 1, mark.category, text});
  }
  return groups;
}

}  // namespace

std::vector<MarkGroup> noteworthy(const std::vector<Mark>& marks, size_t most, size_t& omitted) {
  std::vector<MarkGroup> groups = grouped_marks(marks);
  omitted = 0;
  for (int least = 0; groups.size() > most && least < 7; ++least) {
    // From the end: how a thing began says more than how it went on.
    for (size_t i = groups.size(); i-- > 0 && groups.size() > most;) {
      if (weight(groups[i].category) != least) continue;
      omitted += groups[i].count;
      groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  return groups;
}

}  // namespace squall::harness
