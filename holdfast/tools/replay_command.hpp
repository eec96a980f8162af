// `holdfast replay` on the command line.
#pragma once

namespace CLI {
class App;
}

namespace holdfast::inline v0::tools {

// Adds the sub-command to `app`; when it is chosen, it runs and leaves its exit code in `exit_code`.
void add_replay(CLI::App& app, int& exit_code);

}  // namespace holdfast::inline v0::tools
