// The door between JavaScript and the engine: a job object goes in, a handle comes out. This is
// the only file that knows both sides. src/engine/native.ts loads it; src/engine/job.ts has checked
// each job.
#include <napi.h>

#include <cassert>
#include <exception>
#include <memory>
#include <string>

#include "engine/compiler.h"
#include "engine/dispatch.h"
#include "engine/job.h"
#include "engine/measure.h"
#include "engine/search.h"

namespace stampmill {
namespace {

uint64_t to_u64(const Napi::Value& value) {
    bool lossless = false;
    return value.As<Napi::BigInt>().Uint64Value(&lossless);
}

Algorithm to_algorithm(const Napi::Value& value) {
    const bool sha256 = value.As<Napi::String>().Utf8Value() == "sha256";
    return sha256 ? Algorithm::kSha256 : Algorithm::kSha1;
}

Job to_job(const Napi::Object& object) {
    Job job;
    job.algorithm = to_algorithm(object.Get("algorithm"));
    const auto message = object.Get("message").As<Napi::Uint8Array>();
    job.message.assign(message.Data(), message.Data() + message.ElementLength());
    const auto positions = object.Get("positions").As<Napi::Uint32Array>();
    job.positions.assign(positions.Data(), positions.Data() + positions.ElementLength());
    const auto alphabet = object.Get("alphabet").As<Napi::Uint8Array>();
    job.alphabet.assign(alphabet.Data(), alphabet.Data() + alphabet.ElementLength());
    job.limit = to_u64(object.Get("limit"));
    job.start = to_u64(object.Get("start"));
    job.count = to_u64(object.Get("count"));
    job.wanted = to_u64(object.Get("wanted"));
    job.threads = object.Get("threads").As<Napi::Number>().Uint32Value();
    job.nice = object.Get("nice").As<Napi::Boolean>().Value();
    return job;
}

const char* name_of(Ending ending) {
    switch (ending) {
        case Ending::kFound:
            return "found";
        case Ending::kExhausted:
            return "exhausted";
        case Ending::kCancelled:
            return "cancelled";
    }
    return "";
}

const char* name_of(Refusal refusal) {
    switch (refusal) {
        case Refusal::kUnknownName:
            return "unknown";
        case Refusal::kUnsupported:
            return "unsupported";
        default:
            return "failed";
    }
}

/// The kernel to use for a job, or for an algorithm; throws the refusal's name.
template <class Search>
const Kernel& kernel_named(Napi::Env env, const Napi::Value& name, const Search& search) {
    const Choice choice = choose_kernel(name.As<Napi::String>().Utf8Value(), search);
    if (choice.kernel == nullptr) throw Napi::Error::New(env, name_of(choice.refusal));
    return *choice.kernel;
}

/// A running search as JavaScript sees it: `done`, a promise, and the methods below.
class SearchHandle : public Napi::ObjectWrap<SearchHandle> {
  public:
    static Napi::Function define(Napi::Env env) {
        return DefineClass(env, "SearchHandle",
                           {InstanceMethod<&SearchHandle::cancel>("cancel"),
                            InstanceMethod<&SearchHandle::tried>("tried"),
                            InstanceMethod<&SearchHandle::lower>("lower"),
                            InstanceMethod<&SearchHandle::take>("take")});
    }

    explicit SearchHandle(const Napi::CallbackInfo& info)
        : ObjectWrap(info), deferred_(Napi::Promise::Deferred::New(info.Env())) {
        Napi::Env env = info.Env();
        const auto object = info[0].As<Napi::Object>();
        Job job = to_job(object);
        assert(first_broken_rule(job) == nullptr);
        const Kernel& kernel = kernel_named(env, object.Get("kernel"), job);
        on_done_ = Napi::ThreadSafeFunction::New(
            env, Napi::Function::New(env, [](const Napi::CallbackInfo&) {}), "stampmill search", 0,
            1);
        // A plain property: the promise's handle in deferred_ is good for this call only.
        info.This().As<Napi::Object>()["done"] = deferred_.Promise();
        Ref();  // the handle outlives its search
        // After this hook the environment may go: whatever still runs is stopped and awaited. It
        // runs before the one that on_done_ has set, for hooks run last in, first out.
        hook_ = env.AddCleanupHook(&SearchHandle::abandon, this);
        try {
            search_ = std::make_unique<Search>(std::move(job), kernel,
                                               [on_done = on_done_, this] { notify(on_done); });
        } catch (const std::exception& error) {
            release(env);
            throw Napi::Error::New(env, error.what());
        }
    }

  private:
    using CleanupHook = Napi::Env::CleanupHook<void (*)(SearchHandle*), SearchHandle>;

    Napi::Promise::Deferred deferred_;
    Napi::ThreadSafeFunction on_done_;
    CleanupHook hook_;
    std::unique_ptr<Search> search_;

    static void abandon(SearchHandle* self) { self->search_.reset(); }

    /// On the last of the search's threads: asks for `finish` on JavaScript's.
    void notify(const Napi::ThreadSafeFunction& on_done) {
        on_done.NonBlockingCall(
            this, [](Napi::Env env, Napi::Function, SearchHandle* self) { self->finish(env); });
    }

    void release(Napi::Env env) {
        hook_.Remove(env);
        on_done_.Release();
        Unref();
    }

    void finish(Napi::Env env) {
        if (search_ == nullptr) return;
        search_->join();
        auto result = Napi::Object::New(env);
        result["ending"] = name_of(search_->ending());
        result["tried"] = Napi::BigInt::New(env, search_->tried());
        result["seconds"] = search_->seconds();
        result["threads"] = search_->threads();
        result["kernel"] = search_->kernel().name;
        release(env);
        deferred_.Resolve(result);
    }

    void cancel(const Napi::CallbackInfo&) { search_->cancel(); }

    Napi::Value tried(const Napi::CallbackInfo& info) {
        return Napi::BigInt::New(info.Env(), search_->tried());
    }

    void lower(const Napi::CallbackInfo& info) { search_->lower(to_u64(info[0])); }

    Napi::Value take(const Napi::CallbackInfo& info) {
        const Napi::Env env = info.Env();
        const std::vector<uint64_t> hits = search_->take();
        auto array = Napi::Array::New(env, hits.size());
        for (uint32_t i = 0; i < hits.size(); ++i) {
            array[i] = Napi::BigInt::New(env, hits[i]);
        }
        return array;
    }
};

/// kernels(): name, supported and passed of each kernel, best first.
Napi::Value kernels(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    auto array = Napi::Array::New(env);
    for (const KernelReport& report : kernel_reports()) {
        auto row = Napi::Object::New(env);
        row["name"] = report.name;
        row["supported"] = report.supported;
        row["passed"] = report.passed;
        array[array.Length()] = row;
    }
    return array;
}

/// chooseKernel(name, algorithm): the kernel's name; throws the refusal.
Napi::Value chosen_kernel(const Napi::CallbackInfo& info) {
    const Kernel& kernel = kernel_named(info.Env(), info[0], to_algorithm(info[1]));
    return Napi::String::New(info.Env(), kernel.name);
}

/// roofline(kernel, algorithm, seconds): candidates a second that the processor could do at best.
Napi::Value roofline(const Napi::CallbackInfo& info) {
    const Algorithm algorithm = to_algorithm(info[1]);
    const Kernel& kernel = kernel_named(info.Env(), info[0], algorithm);
    const double seconds = info[2].As<Napi::Number>().DoubleValue();
    return Napi::Number::New(info.Env(), measure_roofline(kernel, algorithm, seconds));
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
    exports["compiler"] = kCompiler;
    exports["Search"] = SearchHandle::define(env);
    exports["kernels"] = Napi::Function::New<kernels>(env, "kernels");
    exports["roofline"] = Napi::Function::New<roofline>(env, "roofline");
    exports["chooseKernel"] = Napi::Function::New<chosen_kernel>(env, "chooseKernel");
    return exports;
}

}  // namespace
}  // namespace stampmill

static Napi::Object init(Napi::Env env, Napi::Object exports) {
    return stampmill::initialize(env, exports);
}

NODE_API_MODULE(stampmill, init)
