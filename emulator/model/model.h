// A service's interface as constant tables: operations, shapes, members, constraints.
//
// emulator/model/import_model.py reads an installed botocore and writes
// services/NAME/model.json (interface facts only); emulator/model/compile_model.py turns that file
// into one .cpp of rows at build time. Rows hold 32-bit offsets, so start-up relocates nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace squall::model {

enum class ShapeType : uint8_t {
  structure, list, map, string, blob, boolean, integer, long_, float_, double_, timestamp,
};
enum class Protocol : uint8_t { query, ec2, json10, json11, rest_json, rest_xml, rpc_v2_cbor };
enum class Location : uint8_t { body, uri, querystring, header, headers, status_code };
enum class TimestampFormat : uint8_t { unspecified, iso8601, rfc822, unix_timestamp };

enum ShapeFlag : uint16_t {
  shape_exception = 1,       // a modelled error
  shape_sender_fault = 2,    // error.senderFault
  shape_union = 4,           // exactly one member set
  shape_document = 8,        // any JSON
  shape_event_stream = 16,
  shape_flattened = 32,      // list or map flattened on the shape itself
  shape_streaming = 64,
  shape_sensitive = 128,
  shape_wrapper = 256,       // legacy query result wrapper structures
  shape_query_error = 512,   // error row carries a code that differs from its name
  shape_has_pattern = 1024,
  shape_has_required = 2048,  // some member is required
  shape_checked = 4096,       // validation has something to look at here or below
  shape_enum_checked = 8192,  // the front end refuses values outside the enum
};
enum MemberFlag : uint16_t {
  member_required = 1,
  member_flattened = 2,
  member_xml_attribute = 4,
  member_idempotency_token = 8,
  member_streaming = 16,
  member_host_label = 32,
  member_event_payload = 64,
  member_event_header = 128,
  member_json_value = 256,
  member_deprecated = 512,
};
enum OperationFlag : uint16_t {
  operation_event_stream = 1,      // in or out: answered 501
  operation_unsigned = 2,          // authtype none
  operation_checksum_required = 4,
  operation_compressible = 8,      // requestcompression
  operation_static_label = 16,     // endpoint.hostPrefix present
  operation_deprecated = 32,       // loses to its successor where both have one URI
};

/// Offsets are into Tables::strings; 0 is the empty string. Indices are into the arrays beside it.
struct ShapeRow {
  uint32_t name;
  uint32_t first;         // members of a structure (list: 1, "member"; map: 2, "key", "value");
                          // a string's enum values: index into Tables::enums
  uint32_t error_code;    // exceptions: code on the wire (query's error.code, else the name)
  uint32_t constraint;    // 1 + index into Tables::constraints, or 0
  uint32_t xml_namespace; // structures and payloads that carry one
  uint16_t count;         // members or enum values
  uint16_t flags;
  uint16_t http_status;   // exceptions; 0: unspecified (400 sender, 500 otherwise)
  uint16_t payload;       // 1 + ordinal of the payload member, or 0
  ShapeType type;
  TimestampFormat timestamp_format;
};

struct MemberRow {
  uint32_t name;
  uint32_t shape;
  uint32_t location_name; // locationName, or the name itself; in the strings it is a closing tag's
  uint32_t query_name;    // ec2: queryName if given; otherwise 0
  uint32_t xml_namespace; // uri; 0: none
  uint32_t xml_prefix;
  uint16_t flags;
  Location location;
  TimestampFormat timestamp_format;
  uint8_t name_size;      // so that names are compared and written without measuring them
  uint8_t location_size;
};

struct ConstraintRow {
  double min;       // length of strings, blobs, lists and maps; value of numbers
  double max;
  uint32_t pattern; // string offset, 0: none
  uint8_t has_min;
  uint8_t has_max;
};

struct OperationRow {
  uint32_t name;
  uint32_t input;   // 1 + shape index, or 0
  uint32_t output;
  uint32_t first_error;  // index into Tables::errors (shape indices)
  uint32_t uri;          // http.requestUri
  uint32_t method;
  uint32_t result_wrapper;  // query: resultWrapper
  uint32_t host_prefix;
  uint32_t input_location_name;  // rest-xml: locationName on the input shape reference
  uint32_t input_xml_namespace;
  uint16_t error_count;
  uint16_t http_status;  // http.responseCode, 200 if absent
  uint16_t flags;
  /// Paginator, as botocore lists it (0 where none): the coverage page and `Page` helpers use it.
  uint32_t page_input_token, page_output_token, page_limit_key, page_result_key;
  uint32_t validation;  // index into Tables::styles
};

/// How a service's answers differ from its protocol's custom, after its patch file. Offsets are
/// into Tables::strings.
struct WireFacts {
  uint32_t error_namespace = 0;    // JSON: before the service's own error names in __type
  uint32_t request_id_header = 0;  // 0: x-amzn-RequestId
  uint32_t health = 0;             // the answer to GET /, with {region}; 0: none
  uint8_t crc32 = 0;               // JSON: x-amz-crc32 of the body
  uint8_t virtual_hosts = 0;       // the label before the service's host opens the path
  uint8_t bare_errors = 0;         // REST-XML: <Error> without <ErrorResponse> around it
  uint8_t takes_unknown = 0;       // REST requests that nothing else claims are this service's
  uint8_t request_id_length = 0;   // so many digits and capitals; 0: a UUID
};

enum ValidationFlag : uint32_t {
  validate_lengths = 1,
  validate_ranges = 2,
  validate_patterns = 4,
  validate_show_values = 8,    // "Value 'x' at": the value is quoted
  validate_lower_paths = 16,   // 'tableName' rather than 'TableName'
  validate_blank_missing = 32  // an empty text counts as not given
};
enum class Refusal : uint8_t { missing, too_short, too_long, range, pattern, enumeration };

/// How a front end words a refusal. Without a text the failures are collected into
/// "N validation errors detected: ..."; with one the first failure is answered alone.
struct ValidationStyle {
  uint32_t flags;
  uint32_t missing_code, missing_text;
  uint32_t invalid_code, length_text, range_text, pattern_text, enum_text;
  uint32_t outside_code, outside_text;  // failures in headers and query strings, if they differ
};

/// An exception to the style for one member or one shape, from the service's patch file.
struct ValidationText {
  uint32_t subject;  // index of a member; or of a shape, plus validation_text_shape
  Refusal refusal;
  uint32_t code;     // 0: the style's
  uint32_t text;     // 0: the usual wording, but answered alone
};
constexpr uint32_t validation_text_shape = 0x80000000U;

/// One compiled service. All arrays are constant data.
struct Tables {
  const char* strings;
  std::span<const ShapeRow> shapes;  // sorted by name
  std::span<const MemberRow> members;
  std::span<const uint32_t> enums;
  std::span<const uint32_t> errors;
  std::span<const ConstraintRow> constraints;
  std::span<const OperationRow> operations;  // sorted by name
  std::span<const Protocol> protocols;       // in the model's order of preference
  uint32_t service_id;       // "EC2", "Elastic Load Balancing v2"
  uint32_t name;             // our folder and botocore's client name: "ec2", "elbv2"
  uint32_t signing_name;     // the scope's service: "elasticloadbalancing", "monitoring"
  uint32_t endpoint_prefix;
  uint32_t api_version;
  uint32_t target_prefix;    // JSON: "DynamoDB_20120810"
  uint32_t xml_namespace;
  uint8_t query_compatible;  // awsQueryCompatible: x-amzn-query-error is sent
  uint8_t global;            // IAM, Route 53: one endpoint, region aws-global
  std::span<const uint32_t> errors_by_code;  // exceptions (shape indices), sorted by error code
  std::span<const ValidationStyle> styles;   // the service's, then single operations'
  std::span<const ValidationText> texts;     // sorted by subject
  std::atomic<void*>* patterns;              // beside constraints: compiled on first use
  WireFacts wire = {};
};

/// Whether two names are equal; most are short, and encoders ask once an element.
inline bool equal_names(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  const size_t size = a.size();
  if (size < 8 || size > 32) return a == b;
  const auto word = [](const char* at) {
    uint64_t w = 0;
    std::memcpy(&w, at, 8);
    return w;
  };
  const auto same_at = [&](size_t at) { return word(a.data() + at) == word(b.data() + at); };
  if (!same_at(0) || !same_at(size - 8)) return false;
  return size <= 16 || (same_at(8) && same_at(size - 16));
}

/// A name as strings hold it for writers of XML: `text` is "</name>", with readable bytes behind.
struct Tag {
  const char* text;
  size_t name_size;
  std::string_view name() const { return {text + 2, name_size}; }
};

class Shape;

/// A member of a structure; also a list's element and a map's key and value.
class ShapeMember {
 public:
  constexpr ShapeMember() = default;
  ShapeMember(const Tables* t, uint32_t index) : tables_(t), row_(&t->members[index]) {}
  std::string_view name() const { return {tables_->strings + row_->name, row_->name_size}; }
  std::string_view location_name() const {
    return {tables_->strings + row_->location_name, row_->location_size};
  }
  Tag tag() const { return {tables_->strings + row_->location_name - 2, row_->location_size}; }
  std::string_view query_name() const { return tables_->strings + row_->query_name; }
  std::string_view xml_namespace() const { return tables_->strings + row_->xml_namespace; }
  std::string_view xml_prefix() const { return tables_->strings + row_->xml_prefix; }
  bool has(MemberFlag f) const { return row_->flags & f; }
  bool required() const { return has(member_required); }
  Location location() const { return row_->location; }
  /// The member's own format, else its shape's.
  inline TimestampFormat timestamp_format() const;
  inline Shape shape() const;
  explicit operator bool() const { return row_; }
  const MemberRow* row() const { return row_; }

 private:
  const Tables* tables_ = nullptr;
  const MemberRow* row_ = nullptr;
};

class Shape {
 public:
  constexpr Shape() = default;
  Shape(const Tables* t, uint32_t index) : tables_(t), row_(&t->shapes[index]) {}
  explicit operator bool() const { return row_; }
  std::string_view name() const { return tables_->strings + row_->name; }
  ShapeType type() const { return row_->type; }
  bool has(ShapeFlag f) const { return row_->flags & f; }
  TimestampFormat timestamp_format() const { return row_->timestamp_format; }
  size_t member_count() const { return row_->type == ShapeType::string ? 0 : row_->count; }
  ShapeMember member(size_t i) const {
    return {tables_, row_->first + static_cast<uint32_t>(i)};
  }
  /// By name; `hint` is tried first and set to the position after the one found, so walking
  /// members in the model's order costs one comparison each.
  ShapeMember find(std::string_view name, size_t& hint) const {
    if (hint < member_count()) {
      if (const ShapeMember m = member(hint); equal_names(m.name(), name)) {
        ++hint;
        return m;
      }
    }
    return find_from(name, hint);
  }
  ShapeMember find(std::string_view name) const {
    size_t hint = 0;
    return find(name, hint);
  }
  ShapeMember element() const { return member(0); }    // of a list
  ShapeMember map_key() const { return member(0); }
  ShapeMember map_value() const { return member(1); }
  std::span<const uint32_t> enum_values() const {
    if (row_->type != ShapeType::string) return {};
    return tables_->enums.subspan(row_->first, row_->count);
  }
  std::string_view text(uint32_t offset) const { return tables_->strings + offset; }
  const ConstraintRow* constraint() const {
    return row_->constraint ? &tables_->constraints[row_->constraint - 1] : nullptr;
  }
  ShapeMember payload() const {
    return row_->payload ? member(row_->payload - 1U) : ShapeMember();
  }
  std::string_view xml_namespace() const { return tables_->strings + row_->xml_namespace; }
  // Exceptions only:
  std::string_view error_code() const { return tables_->strings + row_->error_code; }
  int http_status() const {
    if (row_->http_status) return row_->http_status;
    return has(shape_sender_fault) ? 400 : 500;
  }
  const Tables* tables() const { return tables_; }
  const ShapeRow* row() const { return row_; }
  friend bool operator==(const Shape& a, const Shape& b) { return a.row_ == b.row_; }

 private:
  ShapeMember find_from(std::string_view name, size_t& hint) const;
  const Tables* tables_ = nullptr;
  const ShapeRow* row_ = nullptr;
};

inline Shape ShapeMember::shape() const { return {tables_, row_->shape}; }
inline TimestampFormat ShapeMember::timestamp_format() const {
  return row_->timestamp_format != TimestampFormat::unspecified ? row_->timestamp_format
                                                                : shape().timestamp_format();
}

class Operation {
 public:
  constexpr Operation() = default;
  Operation(const Tables* t, uint32_t index) : tables_(t), row_(&t->operations[index]) {}
  explicit operator bool() const { return row_; }
  std::string_view name() const { return tables_->strings + row_->name; }
  /// Position in the service's table: handlers are kept in an array by it.
  size_t index() const { return static_cast<size_t>(row_ - tables_->operations.data()); }
  Shape input() const { return row_->input ? Shape(tables_, row_->input - 1) : Shape(); }
  Shape output() const { return row_->output ? Shape(tables_, row_->output - 1) : Shape(); }
  size_t error_count() const { return row_->error_count; }
  Shape error(size_t i) const {
    return {tables_, tables_->errors[row_->first_error + static_cast<uint32_t>(i)]};
  }
  std::string_view uri() const { return tables_->strings + row_->uri; }
  std::string_view method() const { return tables_->strings + row_->method; }
  std::string_view result_wrapper() const { return tables_->strings + row_->result_wrapper; }
  std::string_view host_prefix() const { return tables_->strings + row_->host_prefix; }
  std::string_view input_location_name() const {
    return tables_->strings + row_->input_location_name;
  }
  std::string_view input_xml_namespace() const {
    return tables_->strings + row_->input_xml_namespace;
  }
  int http_status() const { return row_->http_status; }
  bool has(OperationFlag f) const { return row_->flags & f; }
  const Tables* tables() const { return tables_; }
  const OperationRow* row() const { return row_; }

 private:
  const Tables* tables_ = nullptr;
  const OperationRow* row_ = nullptr;
};

/// A service's model; cheap to copy.
class Service {
 public:
  constexpr Service() = default;
  explicit Service(const Tables& t) : tables_(&t) {}
  std::string_view name() const { return text(tables_->name); }
  std::string_view service_id() const { return text(tables_->service_id); }
  std::string_view signing_name() const { return text(tables_->signing_name); }
  std::string_view endpoint_prefix() const { return text(tables_->endpoint_prefix); }
  std::string_view api_version() const { return text(tables_->api_version); }
  std::string_view target_prefix() const { return text(tables_->target_prefix); }
  std::string_view xml_namespace() const { return text(tables_->xml_namespace); }
  bool query_compatible() const { return tables_->query_compatible; }
  bool global() const { return tables_->global; }
  std::span<const Protocol> protocols() const { return tables_->protocols; }
  bool speaks(Protocol p) const;
  size_t operation_count() const { return tables_->operations.size(); }
  Operation operation(size_t i) const { return {tables_, static_cast<uint32_t>(i)}; }
  /// Binary search; empty if there is none.
  Operation find_operation(std::string_view name) const;
  /// A modelled error by its wire code or shape name, anywhere in the service.
  Shape find_error(std::string_view code) const;
  Shape find_shape(std::string_view name) const;
  const Tables& tables() const { return *tables_; }

 private:
  std::string_view text(uint32_t offset) const { return tables_->strings + offset; }
  const Tables* tables_ = nullptr;
};

/// Every compiled model, in the order of the folders' names.
std::span<const Service> all_services();
/// By folder and client name ("application-autoscaling"); empty operation count if there is none.
const Service* find_service(std::string_view name);

}  // namespace squall::model
