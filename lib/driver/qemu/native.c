/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/native.h"

#include <string.h>

static const char *const own_descriptors[] = {
	"/dev/null", "run/log", "run/log", "run/alive, the lock that says that the guest lives",
	"run/guard.qmp, listening", "run/ctl.qmp, listening",
};
G_STATIC_ASSERT(G_N_ELEMENTS(own_descriptors) == QEMU_FD_FIRST);

/* A word that a shell takes as it is, or quoted. */
static void append_word(GString *out, const char *word)
{
	g_autofree char *quoted = g_shell_quote(word);
	size_t plain = strspn(word, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_./:=,@%+");

	g_string_append(out, *word && word[plain] == '\0' ? word : quoted);
}

static void append_comment(GString *out, int fd, const char *what)
{
	g_autofree char *line = g_strdelimit(g_strdup(what), "\n\r", '?');

	g_string_append_printf(out, "# descriptor %d: %s\n", fd, line);
}

static void append_descriptors(GString *out, const struct spec *s)
{
	g_string_append(out, "# domsh-guard hands these descriptors to QEMU:\n");
	for (int fd = 0; fd < QEMU_FD_FIRST; fd++)
		append_comment(out, fd, own_descriptors[fd]);
	for (guint i = 0; i < s->sockets->len; i++) {
		const char *name = g_ptr_array_index(s->sockets, i);
		g_autofree char *what = g_strdup_printf("%s%s, listening",
							g_path_is_absolute(name) ? "" : "run/", name);

		append_comment(out, spec_socket_fd(i), what);
	}
	for (guint i = 0; i < s->files->len; i++) {
		const struct spec_file *file = g_ptr_array_index(s->files, i);

		append_comment(out, spec_file_fd(s, i), file->path);
	}
}

char *native_text(const struct spec *s)
{
	GString *out = g_string_new(NULL);

	append_descriptors(out, s);
	for (char **variable = s->env; *variable; variable++) {
		append_word(out, *variable);
		g_string_append(out, " \\\n");
	}
	for (char **arg = s->argv; *arg; arg++) {
		if (arg != s->argv)
			g_string_append(out, **arg == '-' ? " \\\n" : " ");
		append_word(out, *arg);
	}
	g_string_append_c(out, '\n');
	return g_string_free(out, FALSE);
}
