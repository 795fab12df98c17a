/* The one table of options. */
#include <siaga/app/config.h>

#include <string.h>

#include <siaga/app/map_view.h>
#include <siaga/model/queue.h>

#define SECONDS(n) (INT64_C(1000) * (n))
#define MINUTES(n) (INT64_C(60000) * (n))
#define HOURS(n)   (INT64_C(3600000) * (n))

#define OF(member) offsetof(struct config, member), sizeof(((struct config *)NULL)->member)

static const char *const languages[] = {"auto", "en", "id", NULL};
static const char *const map_styles[] = {
	[MAP_STYLE_GRID] = "grid",
	[MAP_STYLE_BRAILLE] = "braille",
	[MAP_STYLE_HALF] = "half",
	[MAP_STYLE_ASCII] = "ascii",
	[MAP_STYLE_COUNT] = NULL,
};
static const char *const notifies[] = {"none", "osc9", "osc777", NULL};
static const char *const sorts[] = {
	[QUEUE_BY_PRIORITY] = "priority",
	[QUEUE_BY_AGE] = "age",
	[QUEUE_BY_STATE] = "state",
	[QUEUE_BY_DISTANCE] = "distance",
	[QUEUE_BY_NUMBER] = "number",
	[QUEUE_KEY_COUNT] = NULL,
};

/* In the order of the manual: what everybody sets first. */
static const struct setting options[] = {
	{"feed", "url", SETTING_URL, OF(feed_url), .initial = "",
		.help = N_("The feed to follow, such as ws://127.0.0.1:7112/v1/feed")},
	{"feed", "token_file", SETTING_FILE, OF(token_file), .initial = "",
		.help = N_("The file that holds the token; nobody else may be able to read it")},
	{"feed", "ca", SETTING_FILE, OF(ca), .initial = "",
		.help = N_("The CA that signs the feed's certificate; no other is trusted then")},
	{"feed", "certificate", SETTING_FILE, OF(certificate), .initial = "",
		.help = N_("The certificate of this console, for a feed that asks for one")},
	{"feed", "key", SETTING_FILE, OF(key), .initial = "",
		.help = N_("The key of that certificate; nobody else may be able to read it")},
	{"feed", "retry", SETTING_DURATION, OF(retry_ms), 50, SECONDS(15), .initial = "500ms",
		.help = N_("The first wait before a lost link is tried again; it doubles")},

	{"console", "position", SETTING_TEXT, OF(position), .initial = "",
		.help = N_("Which desk this is; it stands beside your name")},
	{"console", "language", SETTING_WORD, OF(language), .words = languages, .initial = "auto",
		.help = N_("The language of the screen; auto asks the locale")},
	{"console", "theme", SETTING_TEXT, OF(theme), .initial = "siaga-dark",
		.help = N_("The theme: one that ships, or the name of your own")},
	{"console", "color", SETTING_BOOL, OF(color), .initial = "yes",
		.help = N_("Use colours; no draws with bold and reverse alone")},
	{"console", "ascii", SETTING_BOOL, OF(ascii), .initial = "no",
		.help = N_("Draw frames and map with ASCII characters only")},
	{"console", "mouse", SETTING_BOOL, OF(mouse), .initial = "no",
		.help = N_("Select and scroll with the mouse; it never sends anything")},
	{"console", "readonly", SETTING_BOOL, OF(readonly), .initial = "no",
		.help = N_("Look only: every command that sends something is refused")},
	{"console", "slow_frames", SETTING_NUMBER, OF(slow_frames), 1, 20, .initial = "5",
		.help = N_("Frames a second at most while the line to the terminal is slow")},
	{"console", "state", SETTING_FILE, OF(state), .initial = "",
		.help = N_("The folder of cache and outbox; empty: the usual one")},

	{"queue", "sort", SETTING_WORD, OF(sort), .words = sorts, .initial = "priority",
		.help = N_("The order of the queue at the start; new alarms always go first")},
	{"queue", "keep_ended", SETTING_DURATION, OF(keep_ended_ms), 0, HOURS(24), .initial = "30m",
		.help = N_("How long an incident that has ended stays in sight")},

	{"alarm", "bell", SETTING_BOOL, OF(bell), .initial = "yes",
		.help = N_("Ring the terminal's bell")},
	{"alarm", "sound", SETTING_COMMAND, OF(sound), .initial = "",
		.help = N_("A program that makes a sound, on the machine where siaga runs")},
	{"alarm", "notify", SETTING_WORD, OF(notify), .words = notifies, .initial = "none",
		.help = N_("How to ask the terminal for a notification on the desktop")},
	{"alarm", "repeat", SETTING_DURATION, OF(repeat_ms), SECONDS(2), MINUTES(10),
		.initial = "10s", .help = N_("Ring again after this time for a P1 nobody took")},
	{"alarm", "mute", SETTING_DURATION, OF(mute_ms), SECONDS(10), MINUTES(10), .initial = "2m",
		.help = N_("How long the mute key silences the bell")},

	{"dispatch", "expire", SETTING_DURATION, OF(arm_ms), SECONDS(5), MINUTES(1),
		.initial = "20s", .help = N_("An armed dispatch that is not confirmed goes away")},
	{"dispatch", "recall", SETTING_DURATION, OF(recall_ms), SECONDS(5), MINUTES(1),
		.initial = "10s", .help = N_("How long one key takes the last dispatch back")},
	{"dispatch", "resend", SETTING_DURATION, OF(resend_ms), SECONDS(5), MINUTES(2),
		.initial = "30s",
		.help = N_("An unsent action older than this is put to the operator again")},

	{"camera", "viewer", SETTING_COMMAND, OF(viewer),
		.initial = "mpv --no-config --really-quiet {url}",
		.help = N_("The program that shows a camera; {url} and {id} are filled in")},
	{"camera", "snapshot", SETTING_COMMAND, OF(snapshot), .initial = "",
		.help = N_(
			"A program that writes one raw RGB picture of {cols} by {height} pixels")},
	{"camera", "snapshot_every", SETTING_DURATION, OF(snapshot_every_ms), SECONDS(1),
		MINUTES(10), .initial = "5s", .help = N_("How often the picture is fetched anew")},

	{"map", "style", SETTING_WORD, OF(map_style), .words = map_styles, .initial = "grid",
		.help = N_("How the map is drawn at the start")},
	{"map", "ring", SETTING_NUMBER, OF(ring_m), 0, 50000, .initial = "500",
		.help = N_("A ring around the selected incident, metres; 0: none")},
};

const struct setting *config_options(size_t *len) {
	*len = ARRAY_LEN(options);
	return options;
}

const struct setting *config_option_find(const char *section, const char *key) {
	return setting_find(options, ARRAY_LEN(options), section, key);
}

const char *config_word(const struct config *cfg, const char *section, const char *key) {
	const struct setting *option = config_option_find(section, key);
	int which;
	memcpy(&which, (const char *)cfg + option->offset, sizeof(which));
	return option->words[which];
}
