#include "join.h"

#include <stdlib.h>
#include <string.h>

#include <siaga/base/clock.h>
#include <siaga/base/mem.h>
#include <siaga/base/text.h>
#include <siaga/net/client.h>

#include "tape.h"

#define LOOK_MS      100
#define BUSY_MS      30                   /* between frames, while there is much to tell */
#define PAST_MAX     (2 * TAPE_BYTES_MAX) /* of frames: more than a tape makes */
#define REST_PERCENT 125                  /* of what a frame costs the class */
#define TIME_MS      500                  /* between frames that tell the time alone */
#define ALIVE_MS     5000
#define JOIN_MS      15000
#define LEAVE_MS     5000
#define SILENCE_MS   20000

struct join {
	struct join_config cfg;
	struct loop *loop;
	struct link *link;
	struct loop_timer *timer, *watch;
	struct join_lesson lesson;
	char process[UUID_SIZE];
	char sum[CLASS_SUM_SIZE];
	bool told; /* what is played: the lesson's head was read */
	bool ready, begun, leaving;
	bool over;       /* whoever kept it has said goodbye */
	bool ended;      /* for good: the link is of no use any more */
	size_t past_len; /* bytes of what was told of before */
	char why[ERR_TEXT_MAX];
	/* What the class has, as it said last. */
	struct tape tape;
	int64_t tape_made; /* of the tape */
	bool full;
	bool heard, waiting; /* it has said what it has; it is to say so again */
	int64_t had_made, had_count, had_at_ms;
	int64_t sent_ms, rest_ms; /* mono; how long the class is left alone after it */
	int64_t speed_percent;
	bool paused, watched;
};

/* --- what becomes of the link --- */

static const char *end_text(enum class_end end) {
	static const char *const texts[CLASS_END_COUNT] = {
		[CLASS_OVER] = N_("the class is over"),
		[CLASS_TAKEN] = N_("somebody of that name is in the class"),
		[CLASS_FULL] = N_("the class is full"),
		[CLASS_VERSION_OTHER] = N_("the class is kept by another version of siaga"),
		[CLASS_DIFFERS] = N_("the same does not come of it in the class: another version"),
		[CLASS_TOO_MUCH] = N_("the class was sent too much"),
		[CLASS_BAD] = N_("the class did not understand this console"),
	};
	return _(texts[end]);
}

static void stop(struct join *j) {
	if (!j->begun || j->leaving) {
		loop_stop(j->loop);
	}
}

/* There is no sense in coming back. */
static void end(struct join *j, const char *why) {
	if (j->ended) {
		return;
	}
	j->ended = true;
	text_copy(j->why, sizeof(j->why), why);
	if (j->begun) {
		j->cfg.on_class(j->cfg.data, TRAINING_CLASS_LEFT, j->why);
	}
	stop(j);
	/* Not here: the link is in the middle of telling us something. */
	loop_timer_set(j->timer, 0);
}

static void on_open(void *data) {
	struct join *j = data;
	struct buf frame = {0};
	struct trainee_frame join = {
		.version = CLASS_VERSION, .english = j->cfg.english, .has = j->ready};
	text_copy(join.name, sizeof(join.name), j->cfg.who.name);
	text_copy(join.position, sizeof(join.position), j->cfg.who.position);
	text_copy(join.run, sizeof(join.run), j->process);
	wire_put_join(&frame, &join);
	link_send(j->link, frame.data, frame.len);
	buf_finish(&frame);
}

static void on_down(void *data, const char *why, int status, uint16_t code, int64_t retry_ms) {
	struct join *j = data;
	bool was = j->heard;
	UNUSED(code);
	UNUSED(retry_ms);
	j->heard = j->waiting = false;
	if (j->ended) {
		return;
	}
	if (status == 401 || status == 403) {
		end(j, _("the class does not know this token"));
	} else if (!j->ready) {
		end(j, why);
	} else if (was && j->begun) {
		j->cfg.on_class(j->cfg.data, TRAINING_CLASS_LOST,
			j->over ? _("The class is over: you play on by yourself")
				: _("The class is lost: you play on, and it hears all when it is "
				    "back"));
	}
}

static void on_proof(void *data) {
	UNUSED(data);
}

/* --- what is played --- */

static void take_lesson(struct join *j, const struct class_frame *frame) {
	uint64_t seed = strtoull(frame->seed, NULL, 10);
	if (frame->version != CLASS_VERSION) {
		end(j, end_text(CLASS_VERSION_OTHER));
	} else if (!j->ready && j->told) {
		end(j, end_text(CLASS_BAD));
	} else if (!j->ready) {
		j->lesson.seed = seed;
		j->lesson.speed_percent = frame->speed_percent;
		j->lesson.paused = frame->paused;
		text_copy(j->sum, sizeof(j->sum), frame->sum);
		j->told = true;
	} else if (seed != j->lesson.seed || strcmp(frame->sum, j->sum) != 0) {
		end(j, _("the class plays something else now"));
	}
}

static void take_part(struct join *j, const struct class_frame *frame) {
	size_t len = strlen(frame->text);
	if (frame->from != (int64_t)j->lesson.text.len ||
		j->lesson.text.len + len > SCENARIO_FILE_MAX) {
		end(j, end_text(CLASS_BAD));
		return;
	}
	buf_add(&j->lesson.text, frame->text, len);
}

static void take_past(struct join *j, struct class_frame *frame, size_t len) {
	struct join_lesson *lesson = &j->lesson;
	char sum[CLASS_SUM_SIZE];
	int64_t before_ms =
		lesson->entries_len > 0 ? lesson->entries[lesson->entries_len - 1].at_ms : 0;
	j->past_len += len;
	if ((frame->entries_len > 0 && frame->entries[0].at_ms < before_ms) ||
		j->past_len > PAST_MAX) {
		end(j, end_text(CLASS_BAD));
		return;
	}
	lesson->entries = mem_resize(lesson->entries, lesson->entries_len + frame->entries_len + 1,
		sizeof(*lesson->entries));
	memcpy(lesson->entries + lesson->entries_len, frame->entries,
		frame->entries_len * sizeof(*frame->entries));
	lesson->entries_len += frame->entries_len;
	frame->entries_len = 0; /* They are ours now. */
	lesson->at_ms = frame->at_ms;
	class_sum(sum, lesson->text.data, lesson->text.len);
	if (frame->last && strcmp(sum, j->sum) != 0) {
		end(j, _("the scenario did not arrive as it was sent"));
	} else if (frame->last) {
		j->ready = true;
		stop(j);
	}
}

static void take_had(struct join *j, const struct class_frame *frame) {
	bool back = !j->heard;
	j->heard = true;
	j->waiting = j->over = false;
	j->had_made = frame->made;
	j->had_count = frame->count;
	j->had_at_ms = frame->at_ms;
	link_settle(j->link);
	if (back && j->begun) {
		j->cfg.on_class(j->cfg.data, TRAINING_IN_CLASS, NULL);
	}
	loop_timer_set(j->timer, BUSY_MS);
	if (j->leaving) {
		/* As long as it listens, it is told. */
		loop_timer_set(j->watch, LEAVE_MS);
	}
}

static void take_asked(struct join *j, const struct train_frame *train) {
	struct err err = {{0}};
	struct buf frame = {0};
	if (!j->begun) {
		/* It begins as those who are there already go on; the rest is not for it. */
		if (train->ask == TRAIN_PAUSE && train->number != 0) {
			j->lesson.paused = train->number == TRAIN_STOP;
		} else if (train->ask == TRAIN_SPEED && train->number > 0) {
			j->lesson.speed_percent = train->number;
		}
	} else if (!j->leaving && !j->cfg.on_asked(j->cfg.data, train, &err)) {
		wire_put_note(&frame, err.text);
		link_send(j->link, frame.data, frame.len);
		buf_finish(&frame);
	}
}

static void on_message(void *data, const char *text, size_t len) {
	struct join *j = data;
	struct class_frame frame;
	struct err err = {{0}};
	if (j->ended) {
		return;
	}
	if (!j->ready) {
		loop_timer_set(j->watch, JOIN_MS);
	}
	if (!wire_get_class_frame(&frame, text, len, &err)) {
		end(j, _("what answers there is no class"));
		return;
	}
	if (!j->told && frame.type != CLASS_LESSON && frame.type != CLASS_BYE) {
		end(j, _("what answers there is no class"));
	} else if ((frame.type == CLASS_PART || frame.type == CLASS_PAST) && j->ready) {
		end(j, end_text(CLASS_BAD));
	} else if (frame.type == CLASS_LESSON) {
		take_lesson(j, &frame);
	} else if (frame.type == CLASS_PART) {
		take_part(j, &frame);
	} else if (frame.type == CLASS_PAST) {
		take_past(j, &frame, len);
	} else if (frame.type == CLASS_HAD && j->ready) {
		take_had(j, &frame);
	} else if (frame.type == CLASS_ASKED) {
		take_asked(j, &frame.train);
	} else if (frame.type == CLASS_BYE && (frame.end != CLASS_OVER || !j->ready)) {
		end(j, end_text(frame.end));
	} else if (frame.type == CLASS_BYE) {
		j->over = true;
	}
	class_frame_finish(&frame);
}

static const struct link_ops ops = {
	.on_open = on_open, .on_message = on_message, .on_down = on_down, .on_proof = on_proof};

/* --- what is told --- */

void join_note(struct join *j, const struct tape_entry *entry) {
	if (j->tape_made != j->cfg.play->made) {
		tape_clear(&j->tape);
		j->tape_made = j->cfg.play->made;
	}
	j->full = !tape_add(&j->tape, entry);
}

/* What is still to be told, into one frame. */
static struct trainee_frame compose(const struct join *j, struct buf *entries, size_t *told) {
	const struct play *p = j->cfg.play;
	bool same = j->had_made == p->made;
	int64_t base_ms = same ? j->had_at_ms : 0, most_ms = base_ms + CLASS_SPAN_MS, possible;
	size_t len = j->tape_made == p->made ? j->tape.len : 0;
	size_t from = same && j->had_count <= (int64_t)len ? (size_t)j->had_count : 0;
	size_t next = len > 0 ? tape_put(&j->tape, from, most_ms, entries) : 0;
	struct trainee_frame tape = {.made = p->made,
		.from = (int64_t)from,
		.at_ms = p->now_ms < most_ms ? p->now_ms : most_ms,
		.speed_percent = p->speed_percent,
		.paused = p->paused,
		.watched = play_is_watched(p)};
	if (next < len && j->tape.marks[next].at_ms <= most_ms) {
		/* There are more of them than one frame takes. */
		tape.at_ms = j->tape.marks[next - 1].at_ms;
	}
	tape.whole = next == len && tape.at_ms == p->now_ms;
	tape.head = sim_head(p->sim);
	run_points(p->run, &tape.points, &possible);
	*told = next - from;
	return tape;
}

static bool is_known(const struct join *j) {
	const struct play *p = j->cfg.play;
	return j->had_made == p->made && j->had_at_ms == p->now_ms &&
	       j->had_count == (j->tape_made == p->made ? (int64_t)j->tape.len : 0);
}

/* Is it worth a frame now? */
static bool is_due(const struct join *j, const struct trainee_frame *tape, size_t entries) {
	int64_t since_ms = clock_mono_ms() - j->sent_ms;
	if (since_ms < j->rest_ms) {
		return false;
	}
	bool news = entries > 0 || tape->made != j->had_made ||
		    tape->speed_percent != j->speed_percent || tape->paused != j->paused ||
		    tape->watched != j->watched || tape->at_ms - j->had_at_ms >= CLASS_SPAN_MS ||
		    j->leaving;
	return since_ms >= ALIVE_MS || news || (tape->at_ms != j->had_at_ms && since_ms >= TIME_MS);
}

static void tell(struct join *j) {
	struct buf entries = {0}, frame = {0};
	size_t told = 0;
	struct trainee_frame tape = compose(j, &entries, &told);
	if (is_due(j, &tape, told)) {
		wire_put_tape(&frame, &tape);
		buf_add(&frame, entries.data, entries.len);
		buf_add_str(&frame, CLASS_TAPE_TAIL);
		j->waiting = link_send(j->link, frame.data, frame.len);
		bool anew = tape.made != j->had_made;
		int64_t span_ms = tape.at_ms - (anew ? 0 : j->had_at_ms);
		j->sent_ms = clock_mono_ms();
		j->rest_ms = class_cost_ms(span_ms, told, anew) * REST_PERCENT / 100;
		j->speed_percent = tape.speed_percent;
		j->paused = tape.paused;
		j->watched = tape.watched;
	}
	buf_finish(&entries);
	buf_finish(&frame);
}

static void on_timer(void *data) {
	struct join *j = data;
	if (j->ended) {
		link_destroy(j->link);
		j->link = NULL;
		return;
	}
	if (j->begun && j->full) {
		end(j, end_text(CLASS_TOO_MUCH));
	} else if (j->begun && j->heard && !j->waiting) {
		if (j->leaving && is_known(j)) {
			loop_stop(j->loop);
			return;
		}
		tell(j);
	}
	loop_timer_set(j->timer, j->leaving ? BUSY_MS : LOOK_MS);
}

/* --- beginning and end --- */

static void on_late(void *data) {
	struct join *j = data;
	end(j, _("nothing comes from there"));
}

static bool open_link(struct join *j, struct err *err) {
	struct link_config link = {.subprotocol = "siaga.v1",
		.token = j->cfg.token,
		.message_max = WIRE_SERVER_MESSAGE_MAX,
		.silence_ms = SILENCE_MS,
		.ops = &ops,
		.data = j};
	if (!link_url_parse(&link.url, j->cfg.url, err)) {
		return err_prefix(err, "--join");
	}
	if (link.url.tls) {
		return err_set(err, _("--join: a class is on this machine, or behind an SSH "
				      "tunnel: ws://127.0.0.1:7113/v1/feed"));
	}
	j->link = link_create(j->loop, &link, err);
	return j->link != NULL;
}

struct join *join_create(struct loop *loop, const struct join_config *cfg, struct err *err) {
	struct join *j = mem_alloc(1, sizeof(*j));
	j->cfg = *cfg;
	j->loop = loop;
	uuid_make(j->process);
	j->timer = loop_timer_create(loop, on_timer, j);
	j->watch = loop_timer_create(loop, on_late, j);
	loop_timer_set(j->watch, JOIN_MS);
	bool ok = open_link(j, err);
	if (ok) {
		loop_run(loop);
		ok = j->ready && !j->ended;
		if (!ok) {
			err_set(err, "%s: %s", cfg->url, j->ended ? j->why : _("interrupted"));
		}
	}
	loop_timer_cancel(j->watch);
	if (!ok) {
		join_destroy(j);
		return NULL;
	}
	return j;
}

struct join_lesson *join_get_lesson(struct join *j) {
	return &j->lesson;
}

void join_begin(struct join *j) {
	j->begun = true;
	j->cfg.on_class(j->cfg.data, TRAINING_IN_CLASS, NULL);
	loop_timer_set(j->timer, 0);
}

bool join_leave(struct join *j, struct err *err) {
	if (j == NULL || !j->begun) {
		return true;
	}
	if (!j->ended && link_get_state(j->link) == LINK_OPEN) {
		j->leaving = true;
		loop_timer_set(j->timer, 0);
		loop_timer_set(j->watch, LEAVE_MS);
		loop_run(j->loop);
	}
	return is_known(j) || err_set(err, _("the class has not heard all that was done here"));
}

void join_destroy(struct join *j) {
	if (j == NULL) {
		return;
	}
	link_destroy(j->link);
	loop_timer_destroy(j->timer);
	loop_timer_destroy(j->watch);
	for (size_t i = 0; i < j->lesson.entries_len; i++) {
		tape_entry_finish(&j->lesson.entries[i]);
	}
	free(j->lesson.entries);
	buf_finish(&j->lesson.text);
	tape_finish(&j->tape);
	free(j);
}
