// Statements in few words, for PartiQL's tests.
#pragma once

#include "tests/services/dynamodb_fixture.h"

namespace squall {

class PartiqlTest : public DynamoTest {
 protected:
  static std::string quoted(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
  }
  static std::string statement(std::string_view text, std::string_view parameters = "",
                               std::string_view more = "") {
    return cat(R"({"Statement":)", quoted(text), parameters.empty() ? "" : R"(,"Parameters":)",
               parameters, more, "}");
  }
  Value run(std::string_view text, std::string_view parameters = "", std::string_view more = "") {
    return ddb("ExecuteStatement", statement(text, parameters, more));
  }
  std::string items(std::string_view text, std::string_view parameters = "",
                    std::string_view more = "") {
    return to_json(run(text, parameters, more).at("Items"));
  }
  /// Of what a SELECT finds in "rangeN": the sort keys.
  std::string found(std::string_view text, std::string_view parameters = "",
                    std::string_view more = "") {
    const Value page = run(text, parameters, more);
    std::string out;
    for (const Value& item : page.at("Items").items())
      out += cat(out.empty() ? "" : " ", item.at("sk").at("N").text());
    return out;
  }
  std::string refused(std::string_view text, std::string_view parameters = "",
                      std::string_view more = "") {
    return refusal("ExecuteStatement", statement(text, parameters, more));
  }
  std::string read_units(std::string_view text) {
    const Value answer = run(text, "", R"(,"ReturnConsumedCapacity":"TOTAL")");
    return to_json(answer.at("ConsumedCapacity").at("CapacityUnits"));
  }
  static std::string malformed(std::string_view what) {
    return cat("Statement wasn't well formed, can't be processed: ", what);
  }
  /// Partitions p (sort keys 0 to 5, `m` ten times that) and q (10, 11).
  void fill_range() {
    make_range_table("N");
    for (int i = 0; i < 6; ++i)
      put("rangeN", cat(R"({"pk":{"S":"p"},"sk":{"N":")", i, R"("},"m":{"N":")", i * 10,
                        R"("},"name":{"S":"it's )", i, R"("}})"));
    for (int i = 10; i < 12; ++i)
      put("rangeN", cat(R"({"pk":{"S":"q"},"sk":{"N":")", i, R"("}})"));
  }
};

}  // namespace squall
