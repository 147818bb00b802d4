// Primary keys of requests, checked as AWS checks them; capacity units.
#include <algorithm>

#include "emulator/core/text.h"
#include "services/dynamodb/request.h"

namespace squall::dynamodb {
namespace {

constexpr size_t hash_bytes_max = 2048, range_bytes_max = 1024;

void check_not_empty(AttributeView value, std::string_view name) {
  if (value.type() == Type::N || !value.bytes().empty()) return;
  throw invalid(cat("One or more parameter values are not valid. The AttributeValue for a key "
                    "attribute cannot contain an empty ",
                    value.type() == Type::S ? "string" : "binary", " value. Key: ", name));
}

/// The value of a key attribute, named, to what becomes a key.
void append_part(std::string& key, std::string_view name, AttributeView value) {
  append_name(key, name);
  key += value.encoded();
}

}  // namespace

KeyBytes::KeyBytes(std::string attributes) : attributes_(std::move(attributes)) {
  const char* const begin = attributes_.data();
  Entries e(begin, begin + attributes_.size());
  const auto place = [&](uint32_t& at, uint32_t& size) {
    const std::string_view bytes = e.value().bytes();
    at = static_cast<uint32_t>(bytes.data() - begin);
    size = static_cast<uint32_t>(bytes.size());
    e.next();
  };
  place(hash_at_, hash_size_);
  if (e) place(range_at_, range_size_);
  hash_code_ = hash_key(hash());
}

Position KeyBytes::position() const {
  Position p = Position::at_hash(hash_code_);
  p.then(hash());
  if (range_at_) p.then(range());
  return p;
}

std::string KeyBytes::text() const { return cat(hash_size_, ':', hash(), range()); }

void check_key_sizes(const KeyBytes& key) {
  if (key.hash().size() > hash_bytes_max)
    throw invalid_parameter("Size of hashkey has exceeded the maximum size limit of2048 bytes");
  if (key.range().size() > range_bytes_max)
    throw invalid_parameter(
        "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
}

std::string encoded_map(const Value& map) {
  std::string out;
  append_attributes(out, map, {}, {});
  return out;
}

KeyBytes key_from(std::string_view attributes, const TableStore& store) {
  const KeySchema& keys = store.keys();
  std::string bytes;
  size_t parts = 0;
  const auto part = [&](const std::string& name, Type wanted) {
    for (Entries e(attributes.data(), attributes.data() + attributes.size()); e; e.next()) {
      if (e.name() != name) continue;
      if (e.value().type() != wanted) throw key_mismatch();
      check_not_empty(e.value(), name);
      append_part(bytes, name, e.value());
      ++parts;
    }
  };
  part(keys.hash, store.key_types().hash);
  if (!keys.range.empty()) part(keys.range, store.key_types().range);
  size_t given = 0;
  for (Entries e(attributes.data(), attributes.data() + attributes.size()); e; e.next()) ++given;
  if (parts != (keys.range.empty() ? 1 : 2) || given != parts) throw key_mismatch();
  KeyBytes key(std::move(bytes));
  check_key_sizes(key);
  return key;
}

KeyBytes key_of_attributes(std::string_view attributes, const TableStore& store) {
  const KeySchema& keys = store.keys();
  const bool has_range = !keys.range.empty();
  const auto check = [](AttributeView value, const std::string& name, Type wanted) {
    if (!value) throw invalid_parameter(cat("Missing the key ", name, " in the item"));
    if (value.type() != wanted)
      throw invalid_parameter(cat("Type mismatch for key ", name, " expected: ", type_name(wanted),
                                  " actual: ", type_name(value.type())));
    check_not_empty(value, name);
  };
  const char* const begin = attributes.data();
  const char* end = begin;
  Entries e(begin, begin + attributes.size());
  const auto part = [&](const std::string& name, Type wanted) {
    const bool is_there = e && e.name() == name;
    check(is_there ? e.value() : AttributeView(), name, wanted);
    end = e.value().end();
    e.next();
  };
  part(keys.hash, store.key_types().hash);
  if (has_range) part(keys.range, store.key_types().range);
  KeyBytes key(std::string(begin, end));
  check_key_sizes(key);
  return key;
}

void append_key_json(std::string& out, const Item& item, const std::vector<std::string>& names) {
  out += '{';
  const char* comma = "";
  for (size_t i = 0; i < names.size(); ++i) {
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
        names.begin() + static_cast<std::ptrdiff_t>(i))
      continue;  // an index may share key attributes with its table
    out += comma;
    append_json_string(out, names[i]);
    out += ':';
    append_json(out, item.find(names[i]));
    comma = ",";
  }
  out += '}';
}

double read_units(size_t bytes, bool consistent) {
  constexpr size_t unit = 4096;
  const auto units = static_cast<double>(std::max<size_t>(1, (bytes + unit - 1) / unit));
  return consistent ? units : units / 2;
}

double write_units(size_t bytes) {
  constexpr size_t unit = 1024;
  return static_cast<double>(std::max<size_t>(1, (bytes + unit - 1) / unit));
}

double Capacity::total() const {
  double sum = table;
  for (const auto& list : {&locals, &globals})
    for (const auto& [name, units] : *list) sum += units;
  return sum;
}

void Capacity::append_json(std::string& out, std::string_view table_name,
                           ReturnCapacity wanted) const {
  const auto units = [&](std::string& to, double value) {
    to += "\"CapacityUnits\":";
    append_double(to, value);
    if (split == Split::none) return;
    to += split == Split::read ? ",\"ReadCapacityUnits\":" : ",\"WriteCapacityUnits\":";
    append_double(to, value);
  };
  const auto part = [&](const char* name, const auto& list) {
    if (list.empty()) return;
    out += cat(",\"", name, "\":{");
    const char* comma = "";
    for (const auto& [index, value] : list) {
      out += comma;
      append_json_string(out, index);
      out += ":{";
      units(out, value);
      out += '}';
      comma = ",";
    }
    out += '}';
  };
  out += "{\"TableName\":";
  append_json_string(out, table_name);
  out += ',';
  units(out, total());
  if (wanted == ReturnCapacity::indexes) {
    out += ",\"Table\":{";
    units(out, table);
    out += '}';
    part("LocalSecondaryIndexes", locals);
    part("GlobalSecondaryIndexes", globals);
  }
  out += '}';
}

}  // namespace squall::dynamodb
