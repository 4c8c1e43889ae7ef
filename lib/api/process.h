/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What the public interface makes process-wide, all of it: the text of the command that the
 * library works for, and the program's error function. Guarded by one mutex.
 */
#include <libvirt/virterror.h>

#define COMMAND_MAX 200 /* bytes of the command that are kept */

/* NULL takes it back. */
void process_set_command(const char *command);
/* A copy to be freed with g_free(), or NULL. */
char *process_command(void);

void process_set_error_func(virErrorFunc handler, void *data);
/* Call the program's error function, if there is one, in this thread. */
void process_tell_error(virErrorPtr err);
