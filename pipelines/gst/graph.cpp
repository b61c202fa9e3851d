#include "pipelines/gst/graph.hpp"

#include "pipelines/gst/confined_threads.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <thread>

namespace vdoc::gst {

namespace {

/// From when on each pipeline that did not stop counts as left behind.
struct left_pipelines {
  using time_point = std::chrono::steady_clock::time_point;
  std::mutex guard;
  std::multiset<time_point> since;
};
/// Never destroyed: its threads may outlive everything.
left_pipelines& left_behind = *new left_pipelines; // NOLINT

[[noreturn]] void refuse(const std::string& what, const std::string& where,
                         std::string advice = {}) {
  throw failure{fault{culprit::ours, what, std::move(advice), where}};
}

/// As gst-launch wants it: quoted when it is more than one plain word.
std::string quoted(const std::string& value) {
  const auto plain = [](unsigned char c) { return std::isalnum(c) || std::strchr("-_./:+%", c); };
  if (!value.empty() && std::all_of(value.begin(), value.end(), plain))
    return value;
  std::string out = "\"";
  for (char c : value) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return out + '"';
}

std::string declaration(const element& one) {
  std::string out = one.factory + " name=" + one.name;
  for (const auto& [key, value] : one.properties)
    out += ' ' + key + '=' + quoted(value);
  return out;
}

std::string arrow(const link& one) {
  return one.caps.empty() ? " ! " : " ! " + one.caps + " ! ";
}

/// Links that join each element to the one declared right after it need no names.
bool is_chain(const link& one, const element& before, const element& after) {
  return one.from == before.name && one.to == after.name && one.from_pad.empty() &&
         one.to_pad.empty();
}

void set_properties(GstElement* made, const element& one) {
  for (const auto& [key, value] : one.properties) {
    if (g_object_class_find_property(G_OBJECT_GET_CLASS(made), key.c_str()) == nullptr)
      refuse(one.factory + " has no property " + key, one.name);
    gst_util_set_object_arg(G_OBJECT(made), key.c_str(), value.c_str());
  }
}

/// A link that waits for its source pad to appear.
struct late_link {
  link what;
  owned<GstElement> to;
};

void link_late(GstElement* from, GstPad* pad, gpointer user) {
  const auto& late = *static_cast<late_link*>(user);
  if (late.what.from_pad != GST_PAD_NAME(pad))
    return;
  owned<GstCaps> caps{late.what.caps.empty() ? nullptr
                                             : gst_caps_from_string(late.what.caps.c_str())};
  const char* to_pad = late.what.to_pad.empty() ? nullptr : late.what.to_pad.c_str();
  gst_element_link_pads_filtered(from, GST_PAD_NAME(pad), late.to.get(), to_pad, caps.get());
}

bool appears_later(GstElement* from, const std::string& pad) {
  owned<GstPad> there{gst_element_get_static_pad(from, pad.c_str())};
  if (there)
    return false;
  auto* found = gst_element_get_pad_template(from, pad.c_str());
  for (auto* at = gst_element_class_get_pad_template_list(GST_ELEMENT_GET_CLASS(from));
       found == nullptr && at != nullptr; at = at->next) {
    auto* one = GST_PAD_TEMPLATE(at->data);
    const std::string pattern = GST_PAD_TEMPLATE_NAME_TEMPLATE(one);
    if (pad.starts_with(pattern.substr(0, pattern.find('%'))))
      found = one;
  }
  return found != nullptr && GST_PAD_TEMPLATE_PRESENCE(found) == GST_PAD_SOMETIMES;
}

void join(GstElement* from, GstElement* to, const link& one) {
  if (!one.from_pad.empty() && appears_later(from, one.from_pad)) {
    auto* late = new late_link{one, owned<GstElement>{GST_ELEMENT(gst_object_ref(to))}};
    g_signal_connect_data(
        from, "pad-added", G_CALLBACK(link_late), late,
        [](gpointer it, GClosure*) { delete static_cast<late_link*>(it); }, GConnectFlags{});
    return;
  }
  owned<GstCaps> caps{one.caps.empty() ? nullptr : gst_caps_from_string(one.caps.c_str())};
  if (!one.caps.empty() && !caps)
    refuse("these are no caps: " + one.caps, one.from);
  const char* from_pad = one.from_pad.empty() ? nullptr : one.from_pad.c_str();
  const char* to_pad = one.to_pad.empty() ? nullptr : one.to_pad.c_str();
  if (!gst_element_link_pads_filtered(from, from_pad, to, to_pad, caps.get()))
    refuse("cannot link " + one.from + " to " + one.to, one.from);
}

fault read_error(GstMessage* message) {
  GError* raw = nullptr;
  char* debug = nullptr;
  gst_message_parse_error(message, &raw, &debug);
  owned<GError> error{raw};
  owned<char> details{debug};
  fault out;
  out.whose = error->domain == GST_STREAM_ERROR     ? culprit::user
              : error->domain == GST_RESOURCE_ERROR ? culprit::peer
                                                    : culprit::ours;
  out.what = error->message;
  out.where = GST_MESSAGE_SRC_NAME(message);
  if (details)
    out.where += std::string{": "} + details.get();
  return out;
}

} // namespace

graph& graph::then(element one, bool chained, std::string caps) {
  if (chained && !elements.empty())
    links.push_back({elements.back().name, one.name, std::move(caps), {}, {}});
  elements.push_back(std::move(one));
  return *this;
}

graph& graph::connect(link one) {
  links.push_back(std::move(one));
  return *this;
}

std::string launch_line(const graph& plan) {
  std::string out;
  std::vector<const link*> left;
  for (const auto& one : plan.links)
    left.push_back(&one);
  for (std::size_t i = 0; i < plan.elements.size(); ++i) {
    if (i > 0) {
      const auto chain = std::find_if(left.begin(), left.end(), [&](const link* one) {
        return is_chain(*one, plan.elements[i - 1], plan.elements[i]);
      });
      out += chain == left.end() ? "  " : arrow(**chain);
      if (chain != left.end())
        left.erase(chain);
    }
    out += declaration(plan.elements[i]);
  }
  for (const auto* one : left)
    out += "  " + one->from + '.' + one->from_pad + arrow(*one) + one->to + '.' + one->to_pad;
  return out;
}

pipeline::pipeline(const graph& plan, const confinement::reach& files)
    : top_{gst_pipeline_new(nullptr)} {
  gst_object_ref_sink(top_.get());
  bus_.reset(gst_element_get_bus(top_.get()));
  confine_threads(bus_.get(), files);
  make(plan);
}

pipeline::~pipeline() {
  stop();
}

void pipeline::make(const graph& plan) {
  for (const auto& one : plan.elements) {
    auto* made = gst_element_factory_make(one.factory.c_str(), one.name.c_str());
    if (made == nullptr)
      refuse("the GStreamer element " + one.factory + " is missing", one.name,
             "install the GStreamer plugin that has " + one.factory);
    gst_bin_add(GST_BIN(top_.get()), made);
    set_properties(made, one);
  }
  for (const auto& one : plan.links)
    join(at(one.from), at(one.to), one);
}

void pipeline::extend(const graph& more, GstPad* source) {
  make(more);
  for (auto one = more.elements.rbegin(); one != more.elements.rend(); ++one)
    gst_element_sync_state_with_parent(at(one->name));
  if (source == nullptr || more.elements.empty())
    return;
  auto* first = at(more.elements.front().name);
  owned<GstPad> sink{gst_element_get_compatible_pad(first, source, nullptr)};
  if (!sink || gst_pad_link(source, sink.get()) != GST_PAD_LINK_OK)
    refuse("cannot link a new pad to " + more.elements.front().factory, GST_PAD_NAME(source));
}

void pipeline::change_state(GstState wanted) {
  if (gst_element_set_state(top_.get(), wanted) != GST_STATE_CHANGE_FAILURE)
    return;
  check();
  refuse(std::string{"the pipeline refuses state "} + gst_element_state_get_name(wanted),
         "pipeline");
}

bool pipeline::reaches_state(std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  do {
    const auto slice = std::chrono::nanoseconds{std::chrono::milliseconds{20}}.count();
    const auto reached = gst_element_get_state(top_.get(), nullptr, nullptr, slice);
    if (reached == GST_STATE_CHANGE_FAILURE || first_error())
      return false;
    if (reached != GST_STATE_CHANGE_ASYNC)
      return true;
  } while (std::chrono::steady_clock::now() < until);
  return false;
}

bool pipeline::stop(std::chrono::milliseconds limit, std::chrono::milliseconds grace) {
  if (!top_)
    return true;
  struct ending {
    std::mutex guard;
    std::condition_variable changed;
    bool done = false;
    std::optional<left_pipelines::time_point> late_from;
  };
  auto end = std::make_shared<ending>();
  std::thread{[end, top = top_.release()] {
    gst_element_set_state(top, GST_STATE_NULL);
    gst_object_unref(top);
    const std::lock_guard lock{end->guard};
    end->done = true;
    if (end->late_from) {
      const std::lock_guard all{left_behind.guard};
      left_behind.since.extract(*end->late_from);
    }
    end->changed.notify_one();
  }}.detach();
  std::unique_lock lock{end->guard};
  if (end->changed.wait_for(lock, limit, [&] { return end->done; }))
    return true;
  end->late_from = std::chrono::steady_clock::now() + grace;
  const std::lock_guard all{left_behind.guard};
  left_behind.since.insert(*end->late_from);
  return false;
}

std::size_t pipelines_left_behind() noexcept {
  const std::lock_guard all{left_behind.guard};
  return static_cast<std::size_t>(std::distance(
      left_behind.since.begin(), left_behind.since.upper_bound(std::chrono::steady_clock::now())));
}

void pipeline::read_bus() {
  const auto kinds = static_cast<GstMessageType>(GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  while (owned<GstMessage> message{gst_bus_pop_filtered(bus_.get(), kinds)}) {
    if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_EOS)
      ended_ = true;
    else if (!error_)
      error_ = read_error(message.get());
  }
}

std::optional<fault> pipeline::first_error() {
  const std::lock_guard lock{reading_};
  read_bus();
  return error_;
}

void pipeline::check() {
  if (auto error = first_error())
    throw failure{*error};
}

bool pipeline::ended() {
  const std::lock_guard lock{reading_};
  read_bus();
  return ended_;
}

GstElement* pipeline::at(const std::string& name) const {
  owned<GstElement> found{gst_bin_get_by_name(GST_BIN(top_.get()), name.c_str())};
  if (!found)
    refuse("the graph has no element " + name, name);
  return found.get(); // the bin keeps it
}

bool works(const std::string& factory) {
  owned<GstElement> one{gst_element_factory_make(factory.c_str(), nullptr)};
  if (!one)
    return false;
  gst_object_ref_sink(one.get());
  const bool opens = gst_element_set_state(one.get(), GST_STATE_READY) == GST_STATE_CHANGE_SUCCESS;
  gst_element_set_state(one.get(), GST_STATE_NULL);
  return opens;
}

} // namespace vdoc::gst
