// Throughput at work: what item operations and simulated programs take of a table's and its
// indexes' meters, and what they are refused. Where the World enforces nothing, nothing happens.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "services/dynamodb/store.h"
#include "services/dynamodb/throughput.h"
#include "services/dynamodb/write.h"

namespace squall::dynamodb {

/// A minute's figures of one operation.
struct OperationFigures {
  uint32_t served = 0, throttled = 0;
  double sum_ms = 0, least_ms = 0, most_ms = 0;
  void serve(double took_ms);
};

/// A table's meters; under the table's lock.
class TableMeter final : public Attachment {
 public:
  Meter table;
  std::map<std::string, Meter, std::less<>> indexes;  // global ones
  std::map<std::string, OperationFigures, std::less<>> operations;
  uint32_t failed_conditions = 0;

  /// Limits as the table's plan has them by now.
  void follow(const std::shared_ptr<const Plan>& plan, Time now);
  OperationFigures& operation(std::string_view name);

 private:
  std::shared_ptr<const Plan> followed_;
};

/// nullptr where nothing is enforced.
TableMeter* meter_of(TableStore& store, Time now);

/// Part of a read: of the table (and its local indexes), or of a global index.
struct ReadSource {
  std::string_view operation;
  const IndexPlan* index = nullptr;  // a global one, or nothing
  std::string_view hash;             // the partition key's bytes
};
/// Throws AWS's refusal where the source has not even half a unit left.
void require_read(TableStore& store, const ReadSource& source);
/// Takes what a read cost, known when it is done.
void take_read(TableStore& store, const ReadSource& source, double units);

/// Takes what a write costs the table and every global index it touches, or throws: an index with
/// too few write units throttles the table's writes.
/// `operation` is for metrics (empty: as the write says); a transaction costs twice as much.
void take_write(const Write& write, const Outcome& outcome, std::string_view operation = {},
                double factor = 1);

/// A batch or transaction counts as one request, and a batch as throttled if none of it was served.
void note_request(TableStore& store, std::string_view operation, bool served);

/// Whether an error says "try again later"; then its code among a transaction's reasons.
bool is_throttle(const AwsError& error);
std::string_view cancellation_code(const AwsError& error);

// --- throughput_metrics.cpp ----------------------------------------------------------------------
/// While throughput is enforced and there are tables, their figures go to CloudWatch every minute.
void schedule_metrics(sim::Scope& scope);
std::span<const sim::EventRow> throughput_events();

}  // namespace squall::dynamodb
