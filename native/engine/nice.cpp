#include "engine/nice.h"

#if defined(__linux__)
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#elif defined(__APPLE__)
#include <pthread.h>
#elif defined(_WIN32)
#include <windows.h>
#endif

namespace stampmill {

void run_when_idle() {
#if defined(__linux__)
    // sched(7): SCHED_IDLE is lower than the lowest nice value, and anybody may leave it again.
    const sched_param none{};
    if (pthread_setschedparam(pthread_self(), SCHED_IDLE, &none) == 0) return;
    // Where a sandbox forbids it. On Linux a nice value belongs to a thread, and 0 names this one.
    setpriority(PRIO_PROCESS, 0, 19);
#elif defined(__APPLE__)
    pthread_set_qos_class_self_np(QOS_CLASS_BACKGROUND, 0);
#elif defined(_WIN32)
    SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_IDLE);
#endif
}

void run_normally([[maybe_unused]] std::thread& thread) {
#if defined(__linux__)
    const sched_param none{};
    if (thread.joinable()) pthread_setschedparam(thread.native_handle(), SCHED_OTHER, &none);
#endif
}

}  // namespace stampmill
