#include "pipelines/gst/confined_threads.hpp"

#include <iostream>
#include <memory>
#include <mutex>
#include <utility>

namespace vdoc::gst {

namespace {

struct thread_pool {
  GstTaskPool parent;
  std::shared_ptr<const confinement::fence>* around;
};
struct thread_poolClass {
  GstTaskPoolClass parent;
};

G_DEFINE_TYPE(thread_pool, vdoc_confined_threads, GST_TYPE_TASK_POOL)

struct order {
  GstTaskPoolFunction what;
  gpointer with;
  std::shared_ptr<const confinement::fence> around;
};

/// Said once: it is so for all of them.
void tell(const confinement::outcome& how) {
  static std::once_flag said;
  if (!how.why_not.empty())
    std::call_once(said, [&] {
      std::cout << "media host: threads that handle media are not fully confined: " << how.why_not
                << std::endl;
    });
}

gpointer work(gpointer given) {
  const std::unique_ptr<order> todo{static_cast<order*>(given)};
  tell(todo->around->enter());
  todo->what(todo->with);
  return nullptr;
}

std::shared_ptr<const confinement::fence>* fence_of(gpointer pool) {
  return static_cast<thread_pool*>(pool)->around;
}

void finalize(GObject* pool) {
  delete fence_of(pool);
  G_OBJECT_CLASS(vdoc_confined_threads_parent_class)->finalize(pool);
}

void prepare(GstTaskPool*, GError**) {}
void clean_up(GstTaskPool*) {}

gpointer push(GstTaskPool* pool, GstTaskPoolFunction what, gpointer with, GError** error) {
  auto todo = std::make_unique<order>(order{what, with, *fence_of(pool)});
  auto* thread = g_thread_try_new("media", work, todo.get(), error);
  if (thread != nullptr)
    static_cast<void>(todo.release()); // it is the thread's
  return thread;
}

void join(GstTaskPool*, gpointer thread) {
  if (thread != nullptr)
    g_thread_join(static_cast<GThread*>(thread));
}

void let_go(GstTaskPool*, gpointer thread) {
  if (thread != nullptr)
    g_thread_unref(static_cast<GThread*>(thread));
}

void vdoc_confined_threads_class_init(thread_poolClass* type) {
  G_OBJECT_CLASS(type)->finalize = finalize;
  auto* pool = GST_TASK_POOL_CLASS(type);
  pool->prepare = prepare;
  pool->cleanup = clean_up;
  pool->push = push;
  pool->join = join;
  pool->dispose_handle = let_go;
}

void vdoc_confined_threads_init(thread_pool*) {}

/// A task asks for its thread right after it has told that it was made.
GstBusSyncReply when_told(GstBus*, GstMessage* message, gpointer threads) {
  if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_STREAM_STATUS)
    return GST_BUS_PASS;
  GstStreamStatusType what{};
  GstElement* whose = nullptr;
  gst_message_parse_stream_status(message, &what, &whose);
  const auto* task = gst_message_get_stream_status_object(message);
  if (what == GST_STREAM_STATUS_TYPE_CREATE && task != nullptr &&
      G_VALUE_HOLDS(task, GST_TYPE_TASK))
    gst_task_set_pool(GST_TASK(g_value_get_object(task)), static_cast<GstTaskPool*>(threads));
  return GST_BUS_PASS;
}

} // namespace

void confine_threads(GstBus* bus, const confinement::reach& files) {
  static const auto no_files = std::make_shared<const confinement::fence>();
  const bool has_files = !files.read.empty() || !files.write.empty();
  auto* pool = g_object_new(vdoc_confined_threads_get_type(), nullptr);
  gst_object_ref_sink(pool);
  static_cast<thread_pool*>(pool)->around =
      new std::shared_ptr{has_files ? std::make_shared<const confinement::fence>(files) : no_files};
  gst_bus_set_sync_handler(bus, when_told, pool, gst_object_unref);
}

} // namespace vdoc::gst
