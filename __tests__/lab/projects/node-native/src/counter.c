#include <node_api.h>
#include <sqlite3.h>
#include <stdio.h>

/* increment(path): adds a row to the database file and returns the number of rows, or -1. */
static napi_value increment(napi_env env, napi_callback_info info) {
  size_t argc = 1, length;
  napi_value argument, result;
  char path[1024];
  int rows = -1;
  sqlite3 *db;
  sqlite3_stmt *statement;

  napi_get_cb_info(env, info, &argc, &argument, NULL, NULL);
  napi_get_value_string_utf8(env, argument, path, sizeof path, &length);
  if (sqlite3_open(path, &db) == SQLITE_OK) {
    sqlite3_exec(db, "create table if not exists hits (at text); insert into hits values ('now')", NULL, NULL, NULL);
    if (sqlite3_prepare_v2(db, "select count(*) from hits", -1, &statement, NULL) == SQLITE_OK) {
      if (sqlite3_step(statement) == SQLITE_ROW) rows = sqlite3_column_int(statement, 0);
      sqlite3_finalize(statement);
    }
  }
  sqlite3_close(db);
  napi_create_int32(env, rows, &result);
  return result;
}

static napi_value init(napi_env env, napi_value exports) {
  napi_value function;
  napi_create_function(env, "increment", NAPI_AUTO_LENGTH, increment, NULL, &function);
  napi_set_named_property(env, exports, "increment", function);
  return exports;
}

NAPI_MODULE(NODE_GYP_MODULE_NAME, init)
