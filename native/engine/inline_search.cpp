#include "engine/inline_search.h"

#include <algorithm>

#include "engine/layout.h"

namespace stampmill {

uint64_t search_inline(const Job& job, const Kernel& kernel,
                       const std::function<void(uint64_t counter)>& found) {
    struct InlineWorker : Worker {
        const std::function<void(uint64_t)>* found;
    };
    const Layout layout(job, kernel);
    const Plan& plan = layout.plan();
    const SearchLoop& loop =
        kernel.loops[static_cast<int>(plan.algorithm)][static_cast<int>(plan.strategy)];
    const bool stop = false;
    InlineWorker worker{};
    worker.stop = &stop;
    worker.limit = &job.limit;
    worker.found = &found;
    worker.candidate = [](Worker& self, uint64_t counter) {
        (*static_cast<InlineWorker&>(self).found)(counter);
    };
    const auto [begin, end] = outers_of(job, plan);
    for (uint64_t first = begin; first < end; first += loop.group) {
        const uint64_t outers = std::min<uint64_t>(loop.group, end - first);
        loop.search(plan, first, static_cast<uint32_t>(outers), worker);
    }
    return worker.tried;
}

}  // namespace stampmill
