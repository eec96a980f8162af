// The articles' experiments, done here and shown beside the articles' own figures.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <holdfast/tools/experiment.hpp>

namespace holdfast::inline v0::tools {

struct experiment {
  std::string_view id;
  std::string_view story;  // one line for the help
  experiment_result (*run)(const experiment_plan&);
};

[[nodiscard]] std::span<const experiment> experiments();

struct experiments_options {
  std::vector<std::string> ids;  // none: all
  experiment_plan plan;
  std::string json;              // a file, or "-"
};

[[nodiscard]] std::string experiments_text(const std::vector<experiment_result>& results, bool with_colour);
[[nodiscard]] std::string experiments_json(const std::vector<experiment_result>& results);

// The exit code. Throws: input_error for an id that is none, and where the results cannot be written.
int run_experiments(const experiments_options& options);

}  // namespace holdfast::inline v0::tools
