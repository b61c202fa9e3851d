#pragma once

#include <glib.h>

#include <functional>
#include <utility>

namespace vdoc::net {

/// Has something done on the thread of a main context, soon after `ring`; any number of rings until
/// then are one. Made and destroyed on that thread, or while it does not run.
class bell {
public:
  bell(GMainContext* context, std::function<void()> what)
      : what_{std::move(what)}, source_{g_source_new(&functions, sizeof(GSource))} {
    g_source_set_callback(source_, heard, this, nullptr);
    g_source_attach(source_, context);
  }
  bell(const bell&) = delete;
  bell& operator=(const bell&) = delete;
  ~bell() {
    g_source_destroy(source_);
    g_source_unref(source_);
  }

  /// Any thread.
  void ring() const { g_source_set_ready_time(source_, 0); }

private:
  static gboolean dispatch(GSource* source, GSourceFunc call, gpointer whose) {
    g_source_set_ready_time(source, -1);
    return call(whose);
  }
  static gboolean heard(gpointer whose) {
    static_cast<bell*>(whose)->what_();
    return G_SOURCE_CONTINUE;
  }
  static inline GSourceFuncs functions{nullptr, nullptr, dispatch, nullptr, nullptr, nullptr};

  std::function<void()> what_;
  GSource* source_;
};

} // namespace vdoc::net
