// How fast a kernel is on this processor, and how fast it could be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/job.h"
#include "engine/kernel.h"

namespace stampmill {

/// What a kernel's search of one group of outer values takes, in seconds.
struct SearchCost {
    double prepare;  // before its first inner value
    double step;     // for each inner value
};

/// What each kernel's search costs on the caller's thread, a fraction of a millisecond for each.
/// They are measured in turns, and of many short tries the shortest counts, so that other work on
/// the machine changes nothing: it slows most tries or few, seldom all of one kernel.
std::vector<SearchCost> measure_costs(const std::vector<const Kernel*>& kernels,
                                      Algorithm algorithm, Strategy strategy);

/// How long a search of `tries` candidates takes with a kernel that takes `group` outer values at
/// once, in seconds. Few inner values make preparing weigh more, few tries the last group.
double predicted_seconds(const SearchCost& cost, uint32_t group, uint32_t inner_count,
                         double tries);

/// Which of several predictions is the choice: the least, but `usual` unless the least is clearly
/// less. A core shared with other work slows SHA instructions by up to a seventh and vectors
/// hardly, for as long as that work goes on: without a margin the same search would be made with
/// one kernel now and with another later.
size_t steady_choice(const std::vector<double>& seconds, size_t usual);

/// Candidates a second if the processor did nothing but the operations of the shared-schedule
/// search, in the mix that a candidate needs: the best of tries that take `seconds` altogether.
double measure_roofline(const Kernel& kernel, Algorithm algorithm, double seconds);

}  // namespace stampmill
