// What item operations have in common: reading their members, finding and locking tables, keys,
// capacity.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"
#include "emulator/protocol/json.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/expression.h"
#include "services/dynamodb/store.h"

namespace squall::dynamodb {

/// Members of a request's document, as parsed or as decoded by the model. A wrong kind, an unknown
/// enum or a missing member throws: what was only parsed is then decoded and validated by the
/// model, which says it in AWS's words.
class Fields {
 public:
  explicit Fields(const Value& document);
  std::string_view text(std::string_view member) const;  // required
  std::optional<std::string_view> optional_text(std::string_view member) const;
  std::optional<bool> boolean(std::string_view member) const;
  std::optional<int64_t> integer(std::string_view member, int64_t min, int64_t max) const;
  /// A map, or absent.
  Value map(std::string_view member) const;
  Value required_map(std::string_view member) const;
  Value list(std::string_view member) const;
  bool has(std::string_view member) const;
  /// As it was given, or absent.
  Value raw(std::string_view member) const;
  /// The position among `names`; `fallback` where it is not given.
  size_t choice(std::string_view member, std::span<const std::string_view> names,
                size_t fallback) const;

 private:
  const Value* find(std::string_view member) const;
  Value document_;
};

/// DynamoDB takes 16 MiB, whatever the server takes for others.
void check_body_size(const api::DirectCall& call);
/// The request as the model decodes and validates it.
Value checked_document(const api::DirectCall& call);

/// The request, straight from the parsed text where that will do.
template <class Request>
Request read_request(const api::DirectCall& call) {
  check_body_size(call);
  Value raw;
  if (protocol::parse_json(call.request.body, raw)) {
    try {
      return Request(Fields(raw));
    } catch (const AwsError&) {
      // The model's decoder and checks decide in which order things are refused.
    }
  }
  return Request(Fields(call.document()));
}

enum class ReturnCapacity : uint8_t { none, total, indexes };
ReturnCapacity return_capacity(const Fields& fields);
bool return_collection_metrics(const Fields& fields);

/// Legacy members beside expressions are refused in AWS's words.
void check_legacy(const Fields& fields, std::initializer_list<std::string_view> legacy,
                  std::initializer_list<std::string_view> expressions);
void check_placeholder_use(const Fields& fields,
                           std::initializer_list<std::string_view> expressions);

// --- tables --------------------------------------------------------------------------------------
/// Throws ResourceNotFoundException in item operations' words.
std::shared_ptr<TableStore> find_store(const api::DirectCall& call, std::string_view name_or_arn);
/// Throws where the table has gone or is not active yet; it is locked.
void check_active(const TableStore& store);
/// Locks and checks that.
std::unique_lock<std::mutex> lock_active(TableStore& store);

// --- keys ----------------------------------------------------------------------------------------
/// A primary key: its attributes in stored form, and in them the bytes to search by.
class KeyBytes {
 public:
  KeyBytes() = default;
  /// Of one attribute or two, the partition key first.
  explicit KeyBytes(std::string attributes);
  std::string_view attributes() const { return attributes_; }
  std::string_view hash() const { return {attributes_.data() + hash_at_, hash_size_}; }
  std::string_view range() const { return {attributes_.data() + range_at_, range_size_}; }
  uint32_t hash_code() const { return hash_code_; }
  Position position() const;
  /// One text of both, different for different keys.
  std::string text() const;
  friend bool operator==(const KeyBytes& a, const KeyBytes& b) {
    return a.hash_code_ == b.hash_code_ && a.attributes_ == b.attributes_;
  }

 private:
  std::string attributes_;
  uint32_t hash_at_ = 0, hash_size_ = 0, range_at_ = 0, range_size_ = 0, hash_code_ = 0;
};
/// A map of attributes in stored form, as far as it can be checked without its table.
std::string encoded_map(const Value& map);
/// From the attributes of a request's Key: exactly the schema's. Throws AWS's refusals.
KeyBytes key_from(std::string_view attributes, const TableStore& store);
/// The key of whole attributes, which stands first in them (with_keys_first), checked as PutItem
/// checks it.
KeyBytes key_of_attributes(std::string_view attributes, const TableStore& store);
void check_key_sizes(const KeyBytes& key);
void append_key_json(std::string& out, const Item& item, const std::vector<std::string>& names);

// --- capacity ------------------------------------------------------------------------------------
double read_units(size_t bytes, bool consistent);
double write_units(size_t bytes);

/// `{"TableName":..,"CapacityUnits":..}`, with parts for table and indexes on INDEXES.
struct Capacity {
  double table = 0;
  std::vector<std::pair<std::string, double>> locals, globals;
  enum class Split : uint8_t { none, read, write } split = Split::none;  // transactions tell which
  double total() const;
  void append_json(std::string& out, std::string_view table_name, ReturnCapacity wanted) const;
};

/// Writes the members of an answer one by one.
class AnswerWriter {
 public:
  explicit AnswerWriter(std::string& out) : out_(out) { out_ += '{'; }
  ~AnswerWriter() { out_ += '}'; }
  AnswerWriter(const AnswerWriter&) = delete;
  AnswerWriter& operator=(const AnswerWriter&) = delete;
  /// The text to which the member's value is to be appended.
  std::string& member(std::string_view name) {
    out_ += first_ ? "\"" : ",\"";
    first_ = false;
    out_ += name;
    out_ += "\":";
    return out_;
  }

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace squall::dynamodb
