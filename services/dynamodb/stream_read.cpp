// The four operations of DynamoDB Streams.
#include <algorithm>

#include "services/dynamodb/durable.h"
#include "services/dynamodb/internal.h"
#include "services/dynamodb/request.h"
#include "services/dynamodb/stream_log.h"

namespace squall::dynamodb {
namespace {

constexpr Duration iterator_life = 15min;
constexpr int64_t streams_page_max = 100, records_page_max = 1000;

AwsError stream_not_found(std::string_view arn) {
  return {"ResourceNotFoundException",
          cat("Requested resource not found: Stream: ", arn, " not found")};
}

size_t page_limit(std::optional<int64_t> given, int64_t most) {
  if (given && *given > most)
    throw invalid(cat("1 validation error detected: Value '", *given,
                      "' at 'limit' failed to satisfy constraint: Member must have value less "
                      "than or equal to ",
                      most));
  return static_cast<size_t>(given.value_or(most));
}

// --- ListStreams, DescribeStream -----------------------------------------------------------------

Value list_streams(Context& ctx, Input in) {
  const std::string table = in.string("TableName");
  const size_t limit = page_limit(in.optional_integer("Limit"), streams_page_max);
  const std::string start = in.string("ExclusiveStartStreamArn");
  if (!table.empty() && !ctx.has<Table>(table) && ctx.by<Stream>(table).empty())
    throw table_not_found(table);
  const auto streams = ctx.all<Stream>();
  Value list = Value::list(), last;
  std::string shown;
  for (auto at = start.empty() ? streams.begin() : streams.after(start); at != streams.end();
       ++at) {
    if (!table.empty() && at->table != table) continue;
    if (list.size() == limit) {
      last = Value(shown);
      break;
    }
    list.push({{"StreamArn", at->id}, {"TableName", at->table}, {"StreamLabel", at->label}});
    shown = at->id;
  }
  return {{"Streams", list}, {"LastEvaluatedStreamArn", last}};
}

const Stream& stream_at(const sim::Scope& scope, const std::string& arn) {
  const Stream* stream = scope.view<Stream>(arn);
  if (stream) return *stream;
  const auto parts = split(arn, ':');
  if (!arn.starts_with("arn:") || arn.find("/stream/") == arn.npos ||
      arn.find(":dynamodb:") == arn.npos)
    throw invalid(cat("Invalid StreamArn: ", arn));
  throw stream_not_found(arn);
}

Value describe_shard(const StreamShard& shard) {
  Value range{{"StartingSequenceNumber", sequence_text(shard.first)}};
  if (shard.last) range.add("EndingSequenceNumber", sequence_text(*shard.last));
  Value out{{"ShardId", shard.id}, {"SequenceNumberRange", range}};
  if (!shard.parent.empty()) out.add("ParentShardId", shard.parent);
  return out;
}

/// The id of the shard whose children are wanted, or empty.
std::string shard_filter(const Input& in) {
  if (!in.is_present()) return {};
  const std::string type = in.string("Type"), parent = in.string("ShardId");
  if (type.empty() || parent.empty())
    throw invalid("ShardFilter must have both Type and ShardId");
  return parent;
}

Value describe_stream(Context& ctx, Input in) {
  const size_t limit = page_limit(in.optional_integer("Limit"), streams_page_max);
  const std::string start = in.string("ExclusiveStartShardId");
  const std::string parent = shard_filter(in.at("ShardFilter"));
  const Stream& stream = stream_at(ctx, in.string("StreamArn"));
  const auto log = ctx.world().annex<StreamLogs>().find(stream.id);
  Value shards = Value::list(), last;
  std::string shown;
  bool skipping = !start.empty();
  for (const StreamShard& shard : log ? log->shards(ctx.now()) : std::vector<StreamShard>{}) {
    if (skipping) {
      skipping = shard.id != start;
      continue;
    }
    if (!parent.empty() && shard.parent != parent) continue;
    if (shards.size() == limit) {
      last = Value(shown);
      break;
    }
    shards.push(describe_shard(shard));
    shown = shard.id;
  }
  return {{"StreamDescription",
           {{"StreamArn", stream.id},
            {"StreamLabel", stream.label},
            {"StreamStatus", stream.status},
            {"StreamViewType", stream.view_type},
            {"CreationRequestDateTime", stream.created},
            {"TableName", stream.table},
            {"KeySchema", describe_keys(stream.keys)},
            {"Shards", shards},
            {"LastEvaluatedShardId", last}}}};
}

// --- shard iterators -----------------------------------------------------------------------------

/// A place in a shard. Its text is opaque to clients, as on AWS.
struct Iterator {
  std::string arn, shard;
  uint64_t position = 0;
  Time made{};
};

uint64_t check_of(std::string_view content) { return stable_hash(content, 0x5eed); }

std::string iterator_text(const Iterator& it) {
  const std::string content = cat(it.shard, "|", it.position, "|", to_ns(it.made));
  return cat(it.arn, "|1|", base64_encode(cat(content, "|", check_of(cat(it.arn, content)))));
}

Iterator iterator_from(std::string_view text) {
  const AwsError bad = invalid("Invalid ShardIterator");
  const size_t cut = text.find("|1|");
  if (cut == text.npos) throw bad;
  const auto content = base64_decode(text.substr(cut + 3));
  if (!content) throw bad;
  const auto parts = split(*content, '|');
  constexpr size_t parts_count = 4;
  if (parts.size() != parts_count) throw bad;
  const auto position = parse_int(parts[1]), made = parse_int(parts[2]);
  if (!position || !made) throw bad;
  Iterator it{std::string(text.substr(0, cut)), std::string(parts[0]),
              static_cast<uint64_t>(*position), from_ns(*made)};
  if (iterator_text(it) != text) throw bad;
  return it;
}

AwsError trimmed() {
  return {"TrimmedDataAccessException",
          "The operation attempted to read past the oldest stream record in a shard."};
}

StreamShard shard_at(const StreamLog& log, std::string_view id, Time now) {
  for (StreamShard& shard : log.shards(now))
    if (shard.id == id) return shard;
  throw AwsError{"ResourceNotFoundException",
                 "Requested resource not found: Shard does not exist"};
}

uint64_t numbered_position(const StreamLog& log, const StreamShard& shard, const Input& in,
                           Time now, bool after) {
  const auto given = in.optional_string("SequenceNumber");
  if (!given)
    throw invalid(
        "SequenceNumber must be specified for ShardIteratorType AT_SEQUENCE_NUMBER and "
        "AFTER_SEQUENCE_NUMBER");
  const auto number = parse_sequence(*given);
  if (!number || *number < shard.first || *number > shard.last.value_or(log.next_sequence()))
    throw invalid(cat("Invalid SequenceNumber: ", *given, " is not in shard ", shard.id));
  const uint64_t position = *number + (after ? 1 : 0);
  if (position < log.horizon(now) && position < log.next_sequence() && *number != shard.first)
    throw trimmed();
  return position;
}

Value get_shard_iterator(Context& ctx, Input in) {
  const Stream& stream = stream_at(ctx, in.string("StreamArn"));
  const auto log = ctx.world().annex<StreamLogs>().find(stream.id);
  if (!log) throw stream_not_found(stream.id);
  const StreamShard shard = shard_at(*log, in.string("ShardId"), ctx.now());
  const std::string type = in.string("ShardIteratorType");
  Iterator it{stream.id, shard.id, shard.first, ctx.now()};
  if (type.ends_with("_SEQUENCE_NUMBER")) {
    it.position = numbered_position(*log, shard, in, ctx.now(), type.starts_with("AFTER"));
  } else {
    if (in.has("SequenceNumber"))
      throw invalid(cat("SequenceNumber must not be specified for ShardIteratorType ", type));
    if (type == "LATEST")
      it.position = shard.last ? *shard.last + 1 : log->next_sequence();
    else
      it.position = std::max(shard.first, log->horizon(ctx.now()));
  }
  return {{"ShardIterator", iterator_text(it)}};
}

// --- GetRecords ----------------------------------------------------------------------------------

/// One record's JSON; its size as AWS counts.
size_t append_record(std::string& out, const StreamLog& log, const StreamEntry& entry) {
  const Item& shown = entry.after ? *entry.after : *entry.before;
  const std::string& view = log.view_type();
  const bool with_new = entry.after && (view == "NEW_IMAGE" || view == "NEW_AND_OLD_IMAGES");
  const bool with_old = entry.before && (view == "OLD_IMAGE" || view == "NEW_AND_OLD_IMAGES");
  std::vector<std::string> key_names{log.keys().hash};
  if (!log.keys().range.empty()) key_names.push_back(log.keys().range);
  size_t size = 0;
  for (const std::string& name : key_names)
    size += name.size() + attribute_size(shown.find(name));
  const std::string number = sequence_text(entry.sequence);
  out += cat(R"({"awsRegion":")", log.region(),
             R"(","dynamodb":{"ApproximateCreationDateTime":)", unix_seconds(entry.time),
             R"(,"Keys":)");
  append_key_json(out, shown, key_names);
  if (with_new) {
    out += R"(,"NewImage":)";
    append_attributes_json(out, entry.after->data());
    size += entry.after->size();
  }
  if (with_old) {
    out += R"(,"OldImage":)";
    append_attributes_json(out, entry.before->data());
    size += entry.before->size();
  }
  const std::string id = cat(log.arn(), "/", number);
  out += cat(R"(,"SequenceNumber":")", number, R"(","SizeBytes":)", size,
             R"(,"StreamViewType":")", view, R"("},"eventID":")", hex16(stable_hash(id)),
             hex16(stable_hash(id, 1)), R"(","eventName":")",
             !entry.before ? "INSERT" : entry.after ? "MODIFY" : "REMOVE",
             R"(","eventSource":"aws:dynamodb","eventVersion":"1.1")");
  if (entry.by_service)
    out += R"(,"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"})";
  out += '}';
  return size;
}

void get_records(const api::DirectCall& call, std::string& out) {
  const Value document = call.document();
  const Value given = document.at("Limit");
  const int64_t limit = given.is_absent() ? records_page_max : given.integer();
  if (limit > records_page_max)
    throw limit_exceeded(
        "GetRecords was called with a value of more than 1000 for the limit request parameter.");
  Iterator it = iterator_from(document.at("ShardIterator").text());
  const Time now = call.world.now();
  if (now - it.made > iterator_life)
    throw AwsError{"ExpiredIteratorException",
                   "The shard iterator has expired and can no longer be used to retrieve stream "
                   "records. A shard iterator expires 15 minutes after it is retrieved using the "
                   "GetShardIterator action."};
  const auto log = call.world.annex<StreamLogs>().find(it.arn);
  if (!log || log->region() != call.region) throw stream_not_found(it.arn);
  const StreamShard shard = shard_at(*log, it.shard, now);
  if (it.position < log->horizon(now) && it.position != shard.first) throw trimmed();
  AnswerWriter answer(out);
  std::string& list = answer.member("Records");
  list += '[';
  const char* comma = "";
  const uint64_t from = std::max(it.position, log->horizon(now));
  it.position =
      log->read(from, shard.last, static_cast<size_t>(limit), [&](const StreamEntry& entry) {
        list += comma;
        comma = ",";
        return append_record(list, *log, entry);
      });
  list += ']';
  await_writers(call.world, *log);
  it.made = now;
  if (!shard.last || it.position <= *shard.last)
    append_json_string(answer.member("NextShardIterator"), iterator_text(it));
}

}  // namespace

std::span<const api::HandlerRow> stream_rows() {
  static const api::HandlerRow rows[] = {
      {"ListStreams", api::Reads, list_streams},
      {"DescribeStream", api::Reads, describe_stream},
      {"GetShardIterator", api::Reads, get_shard_iterator},
      {"GetRecords", get_records}};
  return rows;
}

}  // namespace squall::dynamodb
