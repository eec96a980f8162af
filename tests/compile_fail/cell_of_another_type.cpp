// expect: takes a unique_ptr or shared_ptr to its T
#include <memory>
#include <string>

#include <holdfast/concurrent/sync_cell.hpp>

// What Go finds out at run time: one cell, one type.
void store(holdfast::sync_cell<std::string>& cell) { cell.store(std::make_unique<int>(1)); }
