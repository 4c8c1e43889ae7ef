/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Memory to a file and back, see hv_ops.save and load. */
#include <glib.h>
#include <stdbool.h>
#include "driver/qemu/qmp.h"
#include "model/hv.h"

bool save_write(struct guest *g, struct qmp *q, int fd, GError **err);
bool save_read(struct guest *g, struct qmp *q, int fd, GError **err);
bool save_job(struct qmp *q, enum hv_job *ret, GError **err);
bool save_cancel(struct qmp *q, GError **err);
