# liburcu with its hash table, for the bench and for a test that takes it as an oracle. Sets
#
#   holdfast_urcu             whether it is there
#   holdfast_urcu_libraries   what to link
find_path(HOLDFAST_URCU_INCLUDE urcu/urcu-memb.h)
find_library(HOLDFAST_URCU_LIBRARY NAMES urcu-memb)
find_library(HOLDFAST_URCU_CDS_LIBRARY NAMES urcu-cds)
set(holdfast_urcu FALSE)
set(holdfast_urcu_libraries "")
if(HOLDFAST_URCU_INCLUDE AND HOLDFAST_URCU_LIBRARY AND HOLDFAST_URCU_CDS_LIBRARY)
  set(holdfast_urcu TRUE)
  set(holdfast_urcu_libraries ${HOLDFAST_URCU_CDS_LIBRARY} ${HOLDFAST_URCU_LIBRARY})
endif()
mark_as_advanced(HOLDFAST_URCU_INCLUDE HOLDFAST_URCU_LIBRARY HOLDFAST_URCU_CDS_LIBRARY)
