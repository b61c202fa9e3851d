#pragma once

#include <glib.h>

#include <atomic>
#include <functional>
#include <utility>

namespace vdoc::net {

/// Has something done on the thread of a main context, soon after `ring`; any number of rings until
/// then are one. Made and destroyed on that thread, or while it does not run.
class bell {
public:
  bell(GMainContext* context, std::function<void()> what, int priority = G_PRIORITY_DEFAULT)
      : what_{std::move(what)}, source_{g_source_new(&functions, sizeof(GSource))} {
    g_source_set_priority(source_, priority);
    g_source_set_callback(source_, heard, this, nullptr);
    g_source_attach(source_, context);
  }
  bell(const bell&) = delete;
  bell& operator=(const bell&) = delete;
  ~bell() {
    g_source_destroy(source_);
    g_source_unref(source_);
  }

  /// Any thread. Costs a system call when it is not rung already.
  void ring() {
    if (!rung_.exchange(true))
      g_source_set_ready_time(source_, 0);
  }

private:
  static gboolean dispatch(GSource* source, GSourceFunc call, gpointer whose) {
    g_source_set_ready_time(source, -1);
    return call(whose);
  }
  static gboolean heard(gpointer whose) {
    auto* const my = static_cast<bell*>(whose);
    my->rung_ = false;
    my->what_();
    return G_SOURCE_CONTINUE;
  }
  static inline GSourceFuncs functions{nullptr, nullptr, dispatch, nullptr, nullptr, nullptr};

  std::function<void()> what_;
  std::atomic<bool> rung_{false};
  GSource* source_;
};

} // namespace vdoc::net
