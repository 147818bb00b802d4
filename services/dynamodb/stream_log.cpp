// A stream's records: appended under the table's lock, read by position, trimmed after a day.
#include "services/dynamodb/stream_log.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "services/dynamodb/durable.h"

namespace squall::dynamodb {
namespace {

constexpr std::string_view sequence_prefix = "1";
constexpr size_t sequence_digits = 20;

std::string padded(uint64_t number, size_t width) {
  std::string digits = std::to_string(number);
  return std::string(width - std::min(width, digits.size()), '0') + digits;
}

}  // namespace

std::string sequence_text(uint64_t sequence) {
  return cat(sequence_prefix, padded(sequence, sequence_digits));
}

std::optional<uint64_t> parse_sequence(std::string_view text) {
  if (text.size() != sequence_digits + 1 || !text.starts_with(sequence_prefix)) return {};
  const auto number = parse_int(text.substr(1));
  if (!number || *number < 0) return {};
  return static_cast<uint64_t>(*number);
}

bool same_attributes(const Item& a, const Item& b) {
  if (a.data() == b.data()) return true;
  if (a.data().size() != b.data().size()) return false;
  for (Entries e = a.entries(); e; e.next()) {
    const AttributeView other = b.find(e.name());
    if (!other || !equal(e.value(), other)) return false;
  }
  return true;
}

StreamLog::StreamLog(std::string arn, std::string region, std::string view_type, KeySchema keys,
                     Time now)
    : arn_(std::move(arn)),
      region_(std::move(region)),
      view_type_(std::move(view_type)),
      keys_(std::move(keys)) {
  open_shard(now, {});
}

void StreamLog::open_shard(Time now, std::string parent) {
  constexpr size_t digits = 20, suffix = 8;
  StreamShard shard;
  const int64_t ms = to_ns(now) / 1'000'000;
  const std::string name = cat(arn_, "/", shards_made_++);
  shard.id = cat("shardId-", padded(static_cast<uint64_t>(ms), digits), "-",
                 hex16(stable_hash(name)).substr(0, suffix));
  shard.parent = std::move(parent);
  shard.first = next_;
  shards_.push_back(std::move(shard));
}

void StreamLog::append(const ItemChange& change) {
  const std::lock_guard lock(mutex_);
  if (shards_.back().last) return;  // it has ended
  entries_.push_back({next_++, change.time, change.before, change.after, change.by_service});
}

void StreamLog::roll(Time now, bool is_end) {
  const std::lock_guard lock(mutex_);
  StreamShard& open = shards_.back();
  if (open.last) return;
  open.last = next_++;  // the shard's own end takes a number
  open.closed = now;
  if (is_end) return;
  const std::string parent = open.id;
  open_shard(now, parent);
}

StreamLog::Entries::const_iterator StreamLog::at_or_after(uint64_t sequence) const {
  return std::ranges::lower_bound(entries_, sequence, {}, &StreamEntry::sequence);
}

uint64_t StreamLog::horizon_locked(Time now) const {
  const auto e = std::ranges::upper_bound(entries_, now - stream_retention, {}, &StreamEntry::time);
  return e == entries_.end() ? next_ : e->sequence;
}

uint64_t StreamLog::horizon(Time now) const {
  const std::lock_guard lock(mutex_);
  return horizon_locked(now);
}

uint64_t StreamLog::next_sequence() const {
  const std::lock_guard lock(mutex_);
  return next_;
}

void StreamLog::trim(Time now) {
  const std::lock_guard lock(mutex_);
  const uint64_t from = horizon_locked(now);
  while (!entries_.empty() && entries_.front().sequence < from) entries_.pop_front();
  std::erase_if(shards_, [&](const StreamShard& s) {
    return s.last && s.closed + stream_retention <= now && &s != &shards_.back();
  });
}

std::vector<StreamShard> StreamLog::shards(Time now) const {
  const std::lock_guard lock(mutex_);
  std::vector<StreamShard> out;
  for (const StreamShard& s : shards_)
    if (!s.last || s.closed + stream_retention > now) out.push_back(s);
  return out;
}

void StreamLog::dump(std::string& out) const {
  const std::lock_guard lock(mutex_);
  out += "{\"shards\":[";
  const char* comma = "";
  for (const StreamShard& s : shards_) {
    out += cat(comma, "[\"", s.id, "\",", s.first, ",", s.last.value_or(0), "]");
    comma = ",";
  }
  out += "],\"records\":[";
  comma = "";
  for (const StreamEntry& e : entries_) {
    out += cat(comma, "[", e.sequence, ",", to_ns(e.time), ",", e.by_service ? "true," : "false,");
    comma = ",\n";
    for (const ItemRef* item : {&e.before, &e.after}) {
      if (*item)
        append_attributes_json(out, (*item)->data());
      else
        out += "null";
      out += item == &e.before ? ',' : ']';
    }
  }
  out += "]}";
}

void note_in_stream(TableStore& store, const ItemChange& change) {
  const StreamTap* tap = store.attached_if<StreamTap>();
  if (!tap || !tap->log) return;
  if (change.before && change.after && same_attributes(*change.before, *change.after)) return;
  tap->log->append(change);
}

void StreamLogs::reset() {
  const std::lock_guard lock(mutex_);
  logs_.clear();
}

void StreamLogs::dump(std::string_view region, std::string& out) const {
  const std::lock_guard lock(mutex_);
  std::string comma = "{";
  for (const auto& [arn, log] : logs_) {
    if (log->region() != region) continue;
    out += comma;
    append_json_string(out, arn);
    out += ':';
    log->dump(out);
    comma = ",\n";
  }
  if (comma != "{") out += '}';
}

std::shared_ptr<StreamLog> StreamLogs::find(std::string_view arn) const {
  const std::lock_guard lock(mutex_);
  const auto at = logs_.find(arn);
  return at == logs_.end() ? nullptr : at->second;
}

void StreamLogs::add(std::shared_ptr<StreamLog> log) {
  note_stream(world_, *log);
  put_back(std::move(log));
}

void StreamLogs::put_back(std::shared_ptr<StreamLog> log) {
  const std::lock_guard lock(mutex_);
  const std::string arn = log->arn();
  logs_[arn] = std::move(log);
}

void StreamLogs::drop(std::string_view arn) {
  const std::lock_guard lock(mutex_);
  if (const auto at = logs_.find(arn); at != logs_.end()) {
    logs_.erase(at);
    note_stream_gone(world_, arn);
  }
}

std::vector<std::shared_ptr<StreamLog>> StreamLogs::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<StreamLog>> logs;
  for (const auto& [arn, log] : logs_) logs.push_back(log);
  return logs;
}

}  // namespace squall::dynamodb
