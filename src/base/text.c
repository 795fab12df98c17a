#include <siaga/base/text.h>

#include <string.h>

#include <utf8proc.h>

#include <siaga/base/macros.h>

#define REPLACEMENT   0xfffdu
#define MAX_COMBINING 2

struct range {
	uint32_t first, last;
};

/* Characters that are there but cannot be seen, or that reorder what can; ascending. */
static const struct range invisible[] = {
	{0x00ad, 0x00ad},   /* soft hyphen */
	{0x034f, 0x034f},   /* grapheme joiner */
	{0x061c, 0x061c},   /* Arabic letter mark */
	{0x115f, 0x1160},   /* Hangul fillers */
	{0x17b4, 0x17b5},   /* Khmer inherent vowels */
	{0x180b, 0x180f},   /* Mongolian selectors */
	{0x200b, 0x200f},   /* zero-width characters, direction marks */
	{0x202a, 0x202e},   /* bidi embeddings and overrides */
	{0x2060, 0x206f},   /* joiners, bidi isolates, deprecated format characters */
	{0x3164, 0x3164},   /* Hangul filler */
	{0xfe00, 0xfe0f},   /* variation selectors */
	{0xfeff, 0xfeff},   /* byte order mark */
	{0xffa0, 0xffa0},   /* halfwidth Hangul filler */
	{0xfff0, 0xfffb},   /* specials: interlinear annotation */
	{0xe0000, 0xe0fff}, /* tags, further selectors */
};

static size_t decode(const char *text, size_t len, uint32_t *code) {
	utf8proc_int32_t got = 0;
	utf8proc_ssize_t used =
		utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len, &got);

	if (used <= 0) {
		return 0;
	}
	*code = (uint32_t)got;
	return (size_t)used;
}

bool text_utf8_ok(const char *text, size_t len) {
	size_t at = 0;

	while (at < len) {
		uint32_t code;
		size_t used;

		if ((unsigned char)text[at] < 0x80) {
			if (text[at] == '\0') {
				return false;
			}
			at++;
			continue;
		}
		used = decode(text + at, len - at, &code);
		if (used == 0) {
			return false;
		}
		at += used;
	}
	return true;
}

static bool in_ranges(const struct range *ranges, size_t len, uint32_t code) {
	for (size_t i = 0; i < len && code >= ranges[i].first; i++) {
		if (code <= ranges[i].last) {
			return true;
		}
	}
	return false;
}

/* The library follows the standard's tables; terminals differ from it in a few places. */
static int columns_of(uint32_t code) {
	static const struct range stacked[] = {
		{0x1160, 0x11ff}, /* Hangul vowels and finals */
		{0xd7b0, 0xd7ff},
	};
	static const struct range wide[] = {
		{0x3248, 0x324f}, /* circled numbers */
		{0x4dc0, 0x4dff}, /* hexagrams */
	};

	if (code < 0x7f) {
		return 1;
	}
	if (in_ranges(stacked, ARRAY_LEN(stacked), code)) {
		return 0;
	}
	if (in_ranges(wide, ARRAY_LEN(wide), code)) {
		return 2;
	}
	/* Vowel signs that stand beside their letter, as in Javanese script. */
	if (utf8proc_category((utf8proc_int32_t)code) == UTF8PROC_CATEGORY_MC) {
		return 1;
	}
	return utf8proc_charwidth((utf8proc_int32_t)code);
}

enum treatment { TREAT_KEEP, TREAT_COMBINE, TREAT_SPACE, TREAT_REPLACE, TREAT_DROP };

static enum treatment treatment_of(uint32_t code) {
	const utf8proc_property_t *property;

	if (code >= 0x20 && code < 0x7f) {
		return TREAT_KEEP;
	}
	if (code == '\t' || code == '\n' || code == '\r' || code == 0x2028 || code == 0x2029) {
		return TREAT_SPACE;
	}
	if (in_ranges(invisible, ARRAY_LEN(invisible), code)) {
		return TREAT_DROP;
	}
	property = utf8proc_get_property((utf8proc_int32_t)code);
	if (property->category == UTF8PROC_CATEGORY_CC ||
		property->category == UTF8PROC_CATEGORY_CN ||
		property->category == UTF8PROC_CATEGORY_CO ||
		property->category == UTF8PROC_CATEGORY_CS) {
		return TREAT_REPLACE;
	}
	if (property->ignorable || property->category == UTF8PROC_CATEGORY_CF) {
		return TREAT_DROP;
	}
	/* Whatever takes no column stacks on its base, letters of old Hangul too. */
	return columns_of(code) == 0 ? TREAT_COMBINE : TREAT_KEEP;
}

size_t text_clean(char *dst, size_t size, const char *src, size_t len) {
	size_t written = 0, at = 0;
	int combining = MAX_COMBINING; /* no base yet */

	if (size == 0) {
		return 0;
	}
	while (at < len) {
		uint32_t code = REPLACEMENT;
		size_t used = decode(src + at, len - at, &code);
		utf8proc_uint8_t bytes[4];
		size_t count;
		enum treatment treatment = used > 0 ? treatment_of(code) : TREAT_REPLACE;

		at += used > 0 ? used : 1;
		if (treatment == TREAT_DROP ||
			(treatment == TREAT_COMBINE && combining >= MAX_COMBINING)) {
			continue;
		}
		if (treatment == TREAT_SPACE) {
			code = ' ';
		} else if (treatment == TREAT_REPLACE) {
			code = REPLACEMENT;
		}
		count = (size_t)utf8proc_encode_char((utf8proc_int32_t)code, bytes);
		if (count >= size - written) {
			break;
		}
		memcpy(dst + written, bytes, count);
		written += count;
		combining = treatment == TREAT_COMBINE ? combining + 1 : 0;
	}
	dst[written] = '\0';
	return written;
}

size_t text_next(const char *text, uint32_t *code, int *columns) {
	uint32_t got = (unsigned char)text[0];
	size_t used = 1;
	int wide = 1;

	if (got == 0) {
		used = 0;
		wide = 0;
	} else if (got >= 0x80) {
		/* Four bytes at most are looked at, and none behind the NUL. */
		used = decode(text, strnlen(text, 4), &got);
		if (used == 0) {
			got = REPLACEMENT;
			used = 1;
		} else {
			wide = columns_of(got);
		}
	}
	if (code != NULL) {
		*code = got;
	}
	if (columns != NULL) {
		*columns = wide;
	}
	return used;
}

/* How many bytes of ASCII it begins with, `most` at most. */
static size_t ascii_run(const char *text, size_t most) {
	size_t len = 0;

	while (len < most && (unsigned char)(text[len] - 1) < 0x7f) {
		len++;
	}
	return len;
}

int text_width(const char *text) {
	int total = 0, columns;
	size_t used = 1;

	while (used > 0) {
		/* Nearly all of it is ASCII, of one column each. */
		size_t plain = ascii_run(text, SIZE_MAX);

		used = text_next(text + plain, NULL, &columns);
		total += (int)plain + columns;
		text += plain + used;
	}
	return total;
}

size_t text_fit(const char *text, int columns, int *used) {
	size_t bytes = ascii_run(text, columns > 0 ? (size_t)columns : 0), step;
	int total = (int)bytes, wide;

	while ((step = text_next(text + bytes, NULL, &wide)) > 0 && total + wide <= columns) {
		total += wide;
		bytes += step;
	}
	if (used != NULL) {
		*used = total;
	}
	return bytes;
}

size_t text_fit_words(const char *text, int columns) {
	size_t cut = text_fit(text, columns, NULL);
	if (text[cut] == '\0') {
		return cut;
	}
	while (cut > 0 && text[cut] != ' ') {
		cut--;
	}
	return cut;
}

size_t text_copy(char *dst, size_t size, const char *src) {
	size_t len = strlen(src);

	if (size == 0) {
		return 0;
	}
	if (len >= size) {
		len = size - 1;
		while (len > 0 && ((unsigned char)src[len] & 0xc0) == 0x80) {
			len--;
		}
	}
	memmove(dst, src, len);
	dst[len] = '\0';
	return len;
}

#define FOLD_MAX 8 /* code points that one folds to; the standard's tables need four */

/* Folds the character at text: its bytes (0 at the end), and what it becomes. */
static size_t fold_next(const char *text, utf8proc_int32_t codes[FOLD_MAX], size_t *count) {
	uint32_t code;
	size_t used = text_next(text, &code, NULL);
	int boundary = 0;
	utf8proc_ssize_t got = 0;

	if (code >= 0x80) {
		got = utf8proc_decompose_char((utf8proc_int32_t)code, codes, FOLD_MAX,
			UTF8PROC_CASEFOLD | UTF8PROC_DECOMPOSE, &boundary);
	}
	if (got < 1 || got > FOLD_MAX) {
		codes[0] = (utf8proc_int32_t)(code >= 'A' && code <= 'Z' ? code + 32 : code);
		got = 1;
	}
	*count = (size_t)got;
	return used;
}

size_t text_fold(char *dst, size_t size, const char *src) {
	utf8proc_int32_t codes[FOLD_MAX];
	size_t written = 0, used, count;

	if (size == 0) {
		return 0;
	}
	for (;; src += used) {
		/* Nearly all of it is ASCII, which needs no table. */
		for (; (unsigned char)*src < 0x80 && *src != '\0' && written < size - 1; src++) {
			dst[written++] = *src >= 'A' && *src <= 'Z' ? (char)(*src + 32) : *src;
		}
		used = fold_next(src, codes, &count);
		if (used == 0) {
			break;
		}
		utf8proc_uint8_t bytes[4 * FOLD_MAX];
		size_t len = 0;

		for (size_t i = 0; i < count; i++) {
			len += (size_t)utf8proc_encode_char(codes[i], bytes + len);
		}
		if (len >= size - written) {
			break;
		}
		memcpy(dst + written, bytes, len);
		written += len;
	}
	dst[written] = '\0';
	return written;
}

bool text_begins(const char *text, const char *folded) {
	utf8proc_int32_t codes[FOLD_MAX];
	size_t used, count;

	while (folded[0] != '\0' && (used = fold_next(text, codes, &count)) > 0) {
		for (size_t i = 0; i < count && folded[0] != '\0'; i++) {
			uint32_t want;
			size_t step = text_next(folded, &want, NULL);

			if (want != (uint32_t)codes[i]) {
				return false;
			}
			folded += step;
		}
		text += used;
	}
	return folded[0] == '\0';
}

bool text_contains(const char *text, const char *folded) {
	char first = folded[0];

	/* Most places are ruled out by their first byte, which is worth a great deal in long lists.
	 */
	while (text[0] != '\0') {
		bool ascii = (unsigned char)text[0] < 0x80;
		char lower = text[0] >= 'A' && text[0] <= 'Z' ? (char)(text[0] + 32) : text[0];

		if ((!ascii || lower == first) && text_begins(text, folded)) {
			return true;
		}
		text += ascii ? 1 : text_next(text, NULL, NULL);
	}
	return first == '\0';
}

bool text_is_letter(uint32_t code) {
	if (code < 0x80) {
		return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
	}
	/* Letters, and the marks on them, are the first of the categories but for the unassigned.
	 */
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
	return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_ME;
}

size_t text_word(const char *text) {
	size_t len = 0, used;
	uint32_t code;

	while ((used = text_next(text + len, &code, NULL)) > 0 && text_is_letter(code)) {
		len += used;
	}
	return len;
}

bool text_id_ok(const char *text, size_t max) {
	size_t len = 0;

	for (; text[len] != '\0'; len++) {
		char c = text[len];
		bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';

		if (!good || len >= max) {
			return false;
		}
	}
	return len > 0;
}
