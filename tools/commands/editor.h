/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Texts that the user edits: a file of mode 0600 in TMPDIR, and VISUAL, EDITOR or vi on it.
 *
 *   struct draft d;
 *   if (draft_open(sh, &d, text)) … draft_edit(sh, &d) … draft_close(sh, &d, keep);
 *
 * What was written is never lost by us: who cannot use it closes the draft with keep, and the user
 * is told where it is.
 */
#include "shell.h"

struct draft {
	char *path;
	char *before; /* the text before it was edited */
	char *text;   /* as it is now */
	bool is_unreadable; /* what is in the file now is no text */
};

bool draft_open(const struct shell *sh, struct draft *d, const char *text);
/* Run the editor and read the file, also when the editor has failed: what it wrote counts as changed.
 * false: an error was printed. May be repeated. */
bool draft_edit(struct shell *sh, struct draft *d);
bool draft_is_changed(const struct draft *d);
void draft_close(const struct shell *sh, struct draft *d, bool keep);

/* Something that can be fetched, edited and stored. */
struct subject {
	const char *label; /* "domain 'vm1'": for messages */
	const void *data;
	char *(*fetch)(const void *data); /* NULL: with the library's last error */
	/* false: with the library's last error. */
	bool (*store)(const void *data, const char *text, bool ignores_validation);
};

enum edited { EDITED, EDITED_UNCHANGED, EDITED_FAILED };

/*
 * All of it: a refused text is asked about on a terminal (again, ignore, force, no), else the
 * draft is kept and named. A text that somebody else has changed meanwhile is not overwritten,
 * unless by force. With EDITED_FAILED errors were printed.
 */
enum edited edit_subject(struct shell *sh, const struct subject *subject);
