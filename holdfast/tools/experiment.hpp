// An experiment of the articles, done here: what was compared, our figures, and what the article and Go have.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::inline v0::tools {

enum class unit : std::uint8_t { count, bytes, nanoseconds };

struct experiment_figure {
  std::string_view name;
  unit in = unit::count;
  double median = 0;
  double least = 0;
};

// One of the ways that are compared; all have the same figures.
struct experiment_way {
  std::string_view name;
  std::vector<experiment_figure> figures;
};

struct experiment_result {
  std::string_view id;
  std::string_view source;  // "A0 § 2.4"
  std::string story;        // what was done, with its sizes
  std::vector<experiment_way> ways;
  std::vector<std::string_view> told;   // what the article says, and what real Go did
  std::vector<std::string_view> notes;  // what to keep in mind
};

struct experiment_plan {
  std::size_t entries = 10'000;   // of the maps
  std::size_t nodes = 1'000'000;
  unsigned rounds = 7;            // the ways take turns; a round before is not counted
};

// Maps of pointers against maps of values: objects, memory, time to fill and to walk.
[[nodiscard]] experiment_result pointers_or_values(const experiment_plan& plan);
// Nodes of 64 bytes from new, from a pool, from an arena.
[[nodiscard]] experiment_result new_pool_arena(const experiment_plan& plan);

// A figure of each round, and what is told of them.
class round_figures {
 public:
  void add(double figure) { all_.push_back(figure); }
  [[nodiscard]] experiment_figure told(std::string_view name, unit in) const;

 private:
  std::vector<double> all_;
};

}  // namespace holdfast::inline v0::tools
