// `holdfast lab`: ways to fail, shown failing, and their cures, shown holding.
#pragma once

namespace CLI {
class App;
}

namespace holdfast::inline v0::tools {

// Adds the sub-command to `app`; running it sets `exit_code`: 0 everything behaved as told, 1 something
// did not, 130 interrupted.
void add_lab(CLI::App& app, int& exit_code);

}  // namespace holdfast::inline v0::tools
