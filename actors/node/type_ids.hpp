#pragma once

#include "actors/dispatch/protocol.hpp"
#include "actors/hosts/protocol.hpp"
#include "actors/job/protocol.hpp"
#include "actors/ledger/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"
#include "actors/membership/protocol.hpp"
#include "actors/supervision/protocol.hpp"

#include <caf/type_id.hpp>

/// Every type that an actor may send. CAF 0.17 on Debian compiles without an entry here, and then
/// delivers an *empty message* to other processes: test/node sends each of them around once.
/// Include it in configuration.cpp only; it is wide.
CAF_BEGIN_TYPE_ID_BLOCK(vdoc, caf::first_custom_type_id)

CAF_ADD_TYPE_ID(vdoc, (vdoc::dispatch::granted))
CAF_ADD_TYPE_ID(vdoc, (vdoc::dispatch::revoked))
CAF_ADD_TYPE_ID(vdoc, (vdoc::dispatch::want_slot))
CAF_ADD_TYPE_ID(vdoc, (vdoc::dispatch::slot_free))
CAF_ADD_TYPE_ID(vdoc, (vdoc::dispatch::withdraw))
CAF_ADD_TYPE_ID(vdoc, (vdoc::dispatch::host_up))
CAF_ADD_TYPE_ID(vdoc, (vdoc::dispatch::host_down))
CAF_ADD_TYPE_ID(vdoc, (vdoc::dispatch::host_drains))
CAF_ADD_TYPE_ID(vdoc, (vdoc::dispatch::drained))
CAF_ADD_TYPE_ID(vdoc, (vdoc::dispatch::look))
CAF_ADD_TYPE_ID(vdoc, (vdoc::dispatch::load))
CAF_ADD_TYPE_ID(vdoc, (vdoc::dispatch::set_stage))
CAF_ADD_TYPE_ID(vdoc, (vdoc::dispatch::look_at_stages))
CAF_ADD_TYPE_ID(vdoc, (vdoc::dispatch::stage_list))

CAF_ADD_TYPE_ID(vdoc, (vdoc::hosts::ping))
CAF_ADD_TYPE_ID(vdoc, (vdoc::hosts::pong))
CAF_ADD_TYPE_ID(vdoc, (vdoc::hosts::leave))
CAF_ADD_TYPE_ID(vdoc, (vdoc::hosts::hello))
CAF_ADD_TYPE_ID(vdoc, (vdoc::hosts::welcome))
CAF_ADD_TYPE_ID(vdoc, (vdoc::hosts::last_words))
CAF_ADD_TYPE_ID(vdoc, (vdoc::hosts::look))
CAF_ADD_TYPE_ID(vdoc, (vdoc::hosts::census))
CAF_ADD_TYPE_ID(vdoc, (vdoc::hosts::drain))

CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::submit))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::submitted))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::record))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::recorded))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::find_last))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::found))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::history_of))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::history))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::write))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::all_written))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::health_of))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::health))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::find_job))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::read_history))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::list_jobs))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::list_open_jobs))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::job_page))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::count_jobs))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::counts))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::read_documents))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ledger::documents))

CAF_ADD_TYPE_ID(vdoc, (vdoc::supervision::whereis))
CAF_ADD_TYPE_ID(vdoc, (vdoc::supervision::whereabouts))
CAF_ADD_TYPE_ID(vdoc, (vdoc::supervision::look))
CAF_ADD_TYPE_ID(vdoc, (vdoc::supervision::tree))

CAF_ADD_TYPE_ID(vdoc, (vdoc::fault))

CAF_ADD_TYPE_ID(vdoc, (vdoc::ingest::open_source))
CAF_ADD_TYPE_ID(vdoc, (vdoc::ingest::opened))

CAF_ADD_TYPE_ID(vdoc, (vdoc::demux::fragment_cut))
CAF_ADD_TYPE_ID(vdoc, (vdoc::demux::audio_cut))
CAF_ADD_TYPE_ID(vdoc, (vdoc::demux::text_read))
CAF_ADD_TYPE_ID(vdoc, (vdoc::demux::ended))
CAF_ADD_TYPE_ID(vdoc, (vdoc::demux::failed))
CAF_ADD_TYPE_ID(vdoc, (vdoc::demux::read_source))
CAF_ADD_TYPE_ID(vdoc, (vdoc::demux::reading))
CAF_ADD_TYPE_ID(vdoc, (vdoc::demux::grant))
CAF_ADD_TYPE_ID(vdoc, (vdoc::demux::stop))

CAF_ADD_TYPE_ID(vdoc, (vdoc::transcode::encode_fragment))
CAF_ADD_TYPE_ID(vdoc, (vdoc::gst::transcode_result))

CAF_ADD_TYPE_ID(vdoc, (vdoc::transcode::audio_encoded))
CAF_ADD_TYPE_ID(vdoc, (vdoc::transcode::utterance_cut))
CAF_ADD_TYPE_ID(vdoc, (vdoc::transcode::audio_ended))
CAF_ADD_TYPE_ID(vdoc, (vdoc::transcode::audio_failed))
CAF_ADD_TYPE_ID(vdoc, (vdoc::transcode::begin_audio))
CAF_ADD_TYPE_ID(vdoc, (vdoc::transcode::audio_running))
CAF_ADD_TYPE_ID(vdoc, (vdoc::transcode::feed_audio))
CAF_ADD_TYPE_ID(vdoc, (vdoc::transcode::stop_audio))

CAF_ADD_TYPE_ID(vdoc, (vdoc::transcribe::recognize))
CAF_ADD_TYPE_ID(vdoc, (vdoc::transcribe::recognized))

CAF_ADD_TYPE_ID(vdoc, (vdoc::package::make_segments))
CAF_ADD_TYPE_ID(vdoc, (vdoc::package::segments_made))
CAF_ADD_TYPE_ID(vdoc, (vdoc::package::remux))
CAF_ADD_TYPE_ID(vdoc, (vdoc::package::remuxed))

CAF_ADD_TYPE_ID(vdoc, (vdoc::document::compose))
CAF_ADD_TYPE_ID(vdoc, (vdoc::document::composed))

CAF_ADD_TYPE_ID(vdoc, (vdoc::canceller::cancel))

CAF_ADD_TYPE_ID(vdoc, (vdoc::noop::do_nothing))
CAF_ADD_TYPE_ID(vdoc, (vdoc::noop::nothing_done))

CAF_ADD_TYPE_ID(vdoc, (vdoc::job::progress))
CAF_ADD_TYPE_ID(vdoc, (vdoc::job::playable))
CAF_ADD_TYPE_ID(vdoc, (vdoc::job::ended))
CAF_ADD_TYPE_ID(vdoc, (vdoc::job::interrupt))

CAF_ADD_TYPE_ID(vdoc, (vdoc::membership::announce))
CAF_ADD_TYPE_ID(vdoc, (vdoc::membership::admission))
CAF_ADD_TYPE_ID(vdoc, (vdoc::membership::visit))
CAF_ADD_TYPE_ID(vdoc, (vdoc::membership::visit_answer))
CAF_ADD_TYPE_ID(vdoc, (vdoc::membership::files_seen))
CAF_ADD_TYPE_ID(vdoc, (vdoc::membership::files_answer))
CAF_ADD_TYPE_ID(vdoc, (vdoc::membership::host_ended))
CAF_ADD_TYPE_ID(vdoc, (vdoc::membership::going))
CAF_ADD_TYPE_ID(vdoc, (vdoc::membership::going_answer))
CAF_ADD_TYPE_ID(vdoc, (vdoc::membership::farewell))
CAF_ADD_TYPE_ID(vdoc, (vdoc::membership::how_loaded))

CAF_ADD_TYPE_ID(vdoc, (vdoc::hosts::lingers))
CAF_ADD_TYPE_ID(vdoc, (vdoc::hosts::let_go))

CAF_END_TYPE_ID_BLOCK(vdoc)
