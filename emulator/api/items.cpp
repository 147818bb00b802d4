#include "emulator/api/items.h"

#include <cstdlib>

#include "emulator/core/text.h"

namespace squall::api {
namespace {

/// What this thread's last answer shows: it is encoded when the World, and with it whoever forgets
/// what is kept, is already let go.
thread_local std::shared_ptr<const KeptList> shown;

}  // namespace

Items::Items(const Context& ctx, std::initializer_list<std::string_view> path)
    : call_(ctx.call()) {
  if (!ctx.renders_items) return;
  model::Shape shape = call_.operation.output();
  for (const std::string_view name : path) {
    if (shape.type() == model::ShapeType::list) shape = shape.element().shape();
    list_ = shape.find(name);
    if (!list_) std::abort();  // a programmer's error
    shape = list_.shape();
  }
}

Items::~Items() {
  if (!made_) return;
  shown = made_;
  keeper_->keep(name_, std::move(made_));
}

void Items::keep(const Context& ctx, uint64_t version) {
  if (!list_ || ctx.world().in_transaction()) return;
  keeper_ = &ctx.world().annex<KeptItems>();
  name_ = cat(ctx.region(), '/', call_.service->name(), '/', call_.operation.name());
  bool again = false;
  kept_ = keeper_->find(name_, version, again);
  shown = kept_;
  if (kept_ || !again) return;
  made_ = std::make_shared<KeptList>();
  made_->version = version;
}

std::optional<std::string_view> Items::find(const void* record) const {
  if (!kept_) return {};
  const auto at = kept_->items.find(record);
  if (at == kept_->items.end()) return {};
  return at->second;
}

Value Items::rendered(const void* record, const Value& item) {
  if (!made_) return Value::rendered(protocol::render_item(call_, list_, item, room_));
  const std::string_view text = protocol::render_item(call_, list_, item, made_->room);
  made_->items.emplace(record, text);
  return Value::rendered(text);
}

}  // namespace squall::api
