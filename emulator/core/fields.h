// SQUALL_FIELDS: one line names a struct's fields; dump, journal and durability walk them.
#pragma once

// Recursive FOR_EACH (up to 256 fields) by __VA_OPT__.
#define SQUALL_PARENS ()
#define SQUALL_EXPAND(...) SQUALL_EXPAND3(SQUALL_EXPAND3(SQUALL_EXPAND3(__VA_ARGS__)))
#define SQUALL_EXPAND3(...) SQUALL_EXPAND2(SQUALL_EXPAND2(SQUALL_EXPAND2(__VA_ARGS__)))
#define SQUALL_EXPAND2(...) SQUALL_EXPAND1(SQUALL_EXPAND1(SQUALL_EXPAND1(__VA_ARGS__)))
#define SQUALL_EXPAND1(...) SQUALL_EXPAND0(SQUALL_EXPAND0(SQUALL_EXPAND0(__VA_ARGS__)))
#define SQUALL_EXPAND0(...) __VA_ARGS__
#define SQUALL_FIELD_STEP(name, ...) \
  visitor(#name, name);              \
  __VA_OPT__(SQUALL_FIELD_AGAIN SQUALL_PARENS(__VA_ARGS__))
#define SQUALL_FIELD_AGAIN() SQUALL_FIELD_STEP

/// Inside a struct: `SQUALL_FIELDS(id, cidr, tags)`. Every field that is part of the state must be
/// listed, in declaration order; a field left out is neither dumped, compared nor kept.
#define SQUALL_FIELDS(...)                          \
  template <class Visitor>                          \
  void visit_fields(Visitor&& visitor) {            \
    SQUALL_EXPAND(SQUALL_FIELD_STEP(__VA_ARGS__))   \
  }                                                 \
  template <class Visitor>                          \
  void visit_fields(Visitor&& visitor) const {      \
    SQUALL_EXPAND(SQUALL_FIELD_STEP(__VA_ARGS__))   \
  }
