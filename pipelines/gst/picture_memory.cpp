#include "pipelines/gst/picture_memory.hpp"

#include <gst/video/gstvideopool.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace vdoc::gst {

namespace {

/// Either owns its bytes, or is another view of `origin`'s.
struct picture_memory {
  GstMemory base;
  std::uint8_t* bytes;
  GstMemory* origin;
};

picture_memory* self_of(GstMemory* it) {
  return reinterpret_cast<picture_memory*>(it);
}

struct picture_allocator_type {
  GstAllocator parent;
};
struct picture_allocator_typeClass {
  GstAllocatorClass parent;
};

G_DEFINE_TYPE(picture_allocator_type, picture_allocator_type, GST_TYPE_ALLOCATOR)

GstMemory* allocate(GstAllocator* by, gsize size, GstAllocationParams* params) {
  const gsize align = std::max<gsize>(params->align, 63);
  const gsize whole = (params->prefix + size + params->padding + align) & ~align;
  auto* bytes = static_cast<std::uint8_t*>(std::aligned_alloc(align + 1, whole));
  if (bytes == nullptr)
    return nullptr;
  auto* made = g_new0(picture_memory, 1);
  made->bytes = bytes;
  gst_memory_init(&made->base, GstMemoryFlags{}, by, nullptr, whole, align, params->prefix, size);
  return &made->base;
}

void release(GstAllocator*, GstMemory* memory) {
  auto* self = self_of(memory);
  if (self->origin != nullptr)
    gst_memory_unref(self->origin);
  else
    std::free(self->bytes);
  g_free(self);
}

gpointer map(GstMemory* memory, gsize, GstMapFlags) {
  return self_of(memory)->bytes;
}

void unmap(GstMemory*) {}

GstMemory* view_of(GstMemory* memory, gssize offset, gssize size) {
  auto* self = self_of(memory);
  auto* made = g_new0(picture_memory, 1);
  made->bytes = self->bytes;
  made->origin = gst_memory_ref(self->origin != nullptr ? self->origin : memory);
  const gsize from = memory->offset + static_cast<gsize>(offset);
  const gsize length =
      size < 0 ? memory->size - static_cast<gsize>(offset) : static_cast<gsize>(size);
  gst_memory_init(&made->base, GST_MEMORY_FLAG_READONLY, memory->allocator, nullptr,
                  memory->maxsize, memory->align, from, length);
  return &made->base;
}

gboolean is_span(GstMemory*, GstMemory*, gsize*) {
  return FALSE;
}

void picture_allocator_type_class_init(picture_allocator_typeClass* type) {
  GST_ALLOCATOR_CLASS(type)->alloc = allocate;
  GST_ALLOCATOR_CLASS(type)->free = release;
}

void picture_allocator_type_init(picture_allocator_type* self) {
  auto* one = GST_ALLOCATOR(self);
  one->mem_type = "vdoc-picture";
  one->mem_map = map;
  one->mem_unmap = unmap;
  one->mem_copy = view_of;
  one->mem_share = view_of;
  one->mem_is_span = is_span;
}

struct picture_pool {
  GstVideoBufferPool parent;
};
struct picture_poolClass {
  GstVideoBufferPoolClass parent;
};

G_DEFINE_TYPE(picture_pool, picture_pool, GST_TYPE_VIDEO_BUFFER_POOL)

/// A buffer whose memory was "tagged" is dropped, and another one made when it is needed.
void take_back(GstBufferPool* pool, GstBuffer* buffer) {
  for (guint i = 0; i < gst_buffer_n_memory(buffer); ++i)
    if (GST_MINI_OBJECT_REFCOUNT_VALUE(gst_buffer_peek_memory(buffer, i)) > 1)
      GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_TAG_MEMORY);
  GST_BUFFER_POOL_CLASS(picture_pool_parent_class)->release_buffer(pool, buffer);
}

void picture_pool_class_init(picture_poolClass* type) {
  GST_BUFFER_POOL_CLASS(type)->release_buffer = take_back;
}

void picture_pool_init(picture_pool*) {}

} // namespace

GstBufferPool* new_picture_pool() {
  return GST_BUFFER_POOL(gst_object_ref_sink(g_object_new(picture_pool_get_type(), nullptr)));
}

GstAllocator* picture_allocator() {
  static auto* const one =
      GST_ALLOCATOR(gst_object_ref_sink(g_object_new(picture_allocator_type_get_type(), nullptr)));
  return one;
}

} // namespace vdoc::gst
