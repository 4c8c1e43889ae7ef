/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* The connection to the hypervisor: opened when the first command needs it, kept to the end. */
#include "shell.h"

/* Open it if it is not. On failure the error was printed. */
bool connection_need(struct shell *sh);
/* For completion: a connection of its own, read-only, to which nobody is asked; NULL: there is none,
 * and nothing was printed. virConnectClose() it. */
virConnectPtr connection_look(const struct shell *sh);
void connection_close(struct shell *sh);
