/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* The terminal as a guest's console, for the commands that end in one. */
#include "shell.h"

/* Standard input is a terminal, as a console needs; else that is told. Asked before anything is
 * started. */
bool console_possible(const struct shell *sh);

/*
 * Connect the terminal to a console until the user types the escape character, the guest ends or
 * somebody takes the console. device NULL: the console. flags: virDomainConsoleFlags. resumes: the
 * guest is paused and is let go on once nothing can be missed. Whatever happens the terminal is
 * afterwards as it was. false: told; a guest that was to be resumed is.
 */
bool console_run(struct shell *sh, virDomainPtr domain, const char *device, unsigned flags,
		 bool resumes);
