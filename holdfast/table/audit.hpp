// The invariants of a table, checked one by one; the first that is broken is named.
//
// Reads everything once; hashes every key. Meant for tests after each operation, for a debugger's
// console, and for a program that has been warned.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include <holdfast/table/fault.hpp>
#include <holdfast/table/table.hpp>

namespace holdfast::inline v0::table {

template <class Table>
class auditor {
 public:
  explicit auditor(const Table& table) : table_(table), head_(table.head()) {}

  [[nodiscard]] std::optional<fault> run() {
    check_header();
    if (!found_ && table_.has_buckets()) check_buckets();
    return std::move(found_);
  }

 private:
  using bucket_view = typename Table::bucket_view;
  using slot = typename Table::slot;
  using policy = typename Table::policy;
  static constexpr bool in_order = policy::order == slot_order::first;

  void report(const char* invariant, std::string text) {
    if (!found_) found_ = fault{invariant, std::move(text)};
  }
  static std::string at(std::uint64_t bucket, unsigned slot_number) {
    return "bucket " + std::to_string(bucket) + ", slot " + std::to_string(slot_number);
  }

  void check_header() {
    const std::uint64_t buckets = bucket_count(head_.now);
    if (!std::has_single_bit(buckets)) {
      report("hf.table.header", "now.mask " + std::to_string(head_.now.mask) + " is not a power of two less one");
    } else if (table_.has_buckets() && !table_.agrees_with_memory()) {
      report("hf.table.header", "now.mask says " + std::to_string(buckets) +
                                    " buckets, which is not what the memory was obtained for: the header was overwritten");
    } else if (head_.growth > growth_kind::doubling) {
      report("hf.table.header", "growth is " + std::to_string(static_cast<unsigned>(head_.growth)));
    } else if (head_.growth == growth_kind::doubling && bucket_count(head_.old) * 2 != buckets) {
      report("hf.table.growth-in-order", "the new array is not twice the old one");
    } else if (head_.growth == growth_kind::none && head_.front != 0) {
      report("hf.table.growth-in-order", "there is a front but no growth");
    } else if (head_.growth != growth_kind::none && head_.front >= bucket_count(head_.old)) {
      report("hf.table.growth-in-order", "the front is at the end, but growth has not ended");
    } else if (!head_.mark.free()) {
      report("hf.sync.mark-free-after-write", "the writer mark is up");
    }
  }

  void check_buckets() {
    std::uint64_t entries = 0;
    std::uint64_t overflow = 0;
    table_.for_each_primary([&](bucket_view b, std::uint64_t number) {
      if (found_) return;
      const bucket_view first = b;
      bool ended = false;
      if ((*first.link == nullptr) != first.filter->empty()) {
        return report("hf.table.overflow-filter", "bucket " + std::to_string(number) + ": link and filter disagree on whether it overflows");
      }
      while (true) {
        entries += static_cast<std::uint64_t>(std::popcount(b.live()));
        check_bucket(first, b, number, ended);
        if (found_ || *b.link == nullptr) break;
        b = (*b.link)->view();
        if (++overflow > head_.overflow) return report("hf.table.overflow-counted", "more overflow buckets than counted");
      }
    });
    if (entries != head_.count) {
      report("hf.table.count", "count is " + std::to_string(head_.count) + ", but " + std::to_string(entries) + " slots are live");
    }
    if (overflow != head_.overflow) {
      report("hf.table.overflow-counted", "counted " + std::to_string(head_.overflow) + " overflow buckets, found " + std::to_string(overflow));
    }
  }

  // `ended`: an empty_rest slot was met before in this chain.
  void check_bucket(bucket_view first, bucket_view b, std::uint64_t number, bool& ended) {
    const bool ended_before = ended;
    for (unsigned i = 0; i < b.size(); ++i) {
      const top t = b.tops[i];
      if (has_moved(t)) return report("hf.table.top-below-five", at(number, i) + " is marked as moved in a bucket in use");
      if (t == top::empty_rest) ended = true;
      if (t == top::empty_one && in_order && ended) {
        return report("hf.table.empty-rest", at(number, i) + " is empty_one behind an empty_rest");
      }
      if (!in_order && is_empty(t) && (t == top::empty_one) != (*b.link != nullptr)) {
        return report("hf.table.empty-rest", at(number, i) + " is vacant and tells wrongly whether a bucket follows");
      }
      if (!is_live(t)) continue;
      if (ended_before || (in_order && ended)) return report("hf.table.empty-rest", at(number, i) + " is live behind an empty_rest");
      check_entry(first, b, number, i);
      if (found_) return;
    }
  }

  void check_entry(bucket_view first, bucket_view b, std::uint64_t number, unsigned i) {
    const auto& key = Table::key_in(b.slots[i]);
    if (!table_.key_eq()(key, key)) return;  // like NaN: hashes at random and is found by walking only
    const std::uint64_t hash = table_.hash_of(key);
    if (top_of(hash) != b.tops[i]) {
      return report("hf.table.top-of-key", at(number, i) + ": the key's hash has another top; was the key changed in place?");
    }
    if (table_.home(hash).number != number) {
      return report("hf.table.findable-in-growth", at(number, i) + ": the key belongs in bucket " + std::to_string(table_.home(hash).number));
    }
    if (b.node != nullptr && !first.filter->may_hold(hash)) {
      return report("hf.table.overflow-filter", at(number, i) + " of an overflow bucket is not in the filter");
    }
    for (bucket_view c = first;; c = (*c.link)->view()) {
      for (unsigned j = 0; j < c.size(); ++j) {
        if (&c.slots[j] == &b.slots[i]) return;
        if (is_live(c.tops[j]) && c.tops[j] == b.tops[i] && table_.key_eq()(Table::key_in(c.slots[j]), key)) {
          return report("hf.table.keys-differ", at(number, i) + " has the key of an earlier slot of the chain");
        }
      }
    }
  }

  const Table& table_;
  const header& head_;
  std::optional<fault> found_;
};

// The first broken invariant, or nothing. Linear in the table.
template <class Table>
[[nodiscard]] std::optional<fault> audit_of(const Table& table) {
  return auditor<Table>(table).run();
}

}  // namespace holdfast::inline v0::table
