#pragma once

#include <gio/gio.h>

#include <atomic>
#include <chrono>
#include <memory>

namespace vdoc::net {

/// One reference of a GObject.
template <class Type> struct unref {
  void operator()(Type* object) const { g_object_unref(object); }
};
template <class Type> using owned_object = std::unique_ptr<Type, unref<Type>>;

/// The calling thread's main context for the time of a fetch.
class private_context {
public:
  private_context() : context_{g_main_context_new()} {
    g_main_context_push_thread_default(context_);
  }
  private_context(const private_context&) = delete;
  private_context& operator=(const private_context&) = delete;
  ~private_context() {
    while (g_main_context_iteration(context_, FALSE) != FALSE) {
    }
    g_main_context_pop_thread_default(context_);
    g_main_context_unref(context_);
  }
  [[nodiscard]] GMainContext* raw() const noexcept { return context_; }

private:
  GMainContext* context_;
};

/// Ends an operation that takes too long, or that nobody wants any more.
class patience {
public:
  patience(GMainContext* context, const std::atomic<bool>& cancelled)
      : cancelled_{cancelled}, stop_{g_cancellable_new()}, timer_{g_timeout_source_new(100)} {
    g_source_set_callback(timer_, tick, this, nullptr);
    g_source_attach(timer_, context);
  }
  patience(const patience&) = delete;
  patience& operator=(const patience&) = delete;
  ~patience() {
    g_source_destroy(timer_);
    g_source_unref(timer_);
  }

  void until(std::chrono::steady_clock::time_point deadline, const char* what_is_late) {
    deadline_ = deadline;
    late_ = what_is_late;
  }
  [[nodiscard]] GCancellable* stop() const noexcept { return stop_.get(); }
  [[nodiscard]] bool cancelled() const noexcept { return cancelled_; }
  /// What took too long, or null.
  [[nodiscard]] const char* spent() const noexcept { return spent_; }

private:
  static gboolean tick(gpointer self) {
    auto* my = static_cast<patience*>(self);
    if (std::chrono::steady_clock::now() >= my->deadline_)
      my->spent_ = my->late_;
    if (my->cancelled_ || my->spent_ != nullptr)
      g_cancellable_cancel(my->stop_.get());
    return G_SOURCE_CONTINUE;
  }

  const std::atomic<bool>& cancelled_;
  owned_object<GCancellable> stop_;
  GSource* timer_;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  const char* late_ = nullptr;
  const char* spent_ = nullptr;
};

} // namespace vdoc::net
