// How a search stays out of the way: its threads run when nothing else wants the processor.
#pragma once

#include <thread>

namespace stampmill {

/// From now on the calling thread runs only while a processor has nothing else to do, as far as the
/// system knows such a thing; else with the lowest priority that it has.
void run_when_idle();

/// Gives a thread its turn again, so that a search which has been told to stop does not wait for an
/// idle processor. Does nothing where a thread cannot be lifted by another.
void run_normally(std::thread& thread);

}  // namespace stampmill
