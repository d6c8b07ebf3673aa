import type { ConditionName } from '../../../common/errors/catalogue.js'

/** Why a condition arises, and what to do. */
export interface ConditionHelp {
  readonly cause: string
  readonly cure: string
}

type ClassOf<Name> = Name extends `${infer Class}.${string}` ? Class : Name

/** What `docs/errors.md` says of the conditions that people meet most; of a class it holds for all of its conditions. */
export const CONDITION_HELP: Readonly<Partial<Record<ConditionName | ClassOf<ConditionName>, ConditionHelp>>> = {
  PARSE_SYNTAX_ERROR: {
    cause:
      'The text is no SQL at the marked place: a misspelt keyword, a missing comma or bracket, a name that needs backticks.',
    cure: 'Look at the word that is marked and at the one before it. Put names with blanks or hyphens into backticks: `` `my-column` ``.',
  },
  UNBOUND_SQL_PARAMETER: {
    cause: 'The text has `:name` or `?`, and no value was given for it.',
    cure: 'Pass the values with the text: `session.sql(text, { name: value })` or `session.sql(text, [value])`.',
  },
  INVALID_TYPED_LITERAL: {
    cause: 'The text behind DATE, TIMESTAMP and the like is no value of that type.',
    cure: 'Write dates as `2024-02-29` and times as `2024-02-29 12:00:00`.',
  },
  TABLE_OR_VIEW_NOT_FOUND: {
    cause: 'No temporary view, table or stored view has the name, in the current database or on the path.',
    cure: "Look at `SHOW TABLES`, name the database (`db.t`), or check `warehouse.dir`: another folder has other tables. A file is a table in quotes: `'trips.csv'`.",
  },
  UNRESOLVED_COLUMN: {
    cause: 'No relation of the query has a column of that name, or it is not visible where it is used.',
    cure: 'Take one of the names that the message proposes, or see `DESCRIBE` of the table. Texts stand in single quotes; text in double quotes is a text too, unless `ansi.doubleQuotedIdentifiers` is set.',
  },
  UNRESOLVED_ROUTINE: {
    cause:
      'There is no function of that name: it is misspelt, not registered in this session, or one of Spark that is not built.',
    cure: 'Look into [functions](functions.md), or at `SHOW FUNCTIONS`. Functions of your own are made by `session.udf.register` or `CREATE FUNCTION`.',
  },
  AMBIGUOUS_REFERENCE: {
    cause: 'Two relations of the query have a column of that name.',
    cure: "Say which: `t.id` in SQL, or give the DataFrames names with `as` and write `col('t.id')`. Joins with `using` have the column once.",
  },
  DATATYPE_MISMATCH: {
    cause: 'A function or operator got a value of a type that it does not take, and there is no implicit cast.',
    cure: 'Cast the value (`cast(x as int)`, or `try_cast` where some texts are no numbers), or use the function that the message names.',
  },
  WRONG_NUM_ARGS: {
    cause: 'A function was called with too few or too many arguments.',
    cure: '[Functions](functions.md) and `DESCRIBE FUNCTION f` tell what it takes.',
  },
  MISSING_AGGREGATION: {
    cause:
      'A column of the result is neither grouped by nor within an aggregate, so that it has no single value in a group.',
    cure: 'Add it to GROUP BY, or take `any_value`, `min` or `max` of it.',
  },
  GROUP_BY_AGGREGATE: {
    cause: 'GROUP BY has an aggregate, which only has a value when the groups are known.',
    cure: 'Aggregate in a subquery, and group its result.',
  },
  INVALID_WHERE_CONDITION: {
    cause: 'WHERE is decided row by row, before there are groups, windows or several rows of one.',
    cure: 'Use HAVING for aggregates, QUALIFY for window functions, and a subquery for generators.',
  },
  UNSUPPORTED_FEATURE: {
    cause: 'Spark has it, or one would expect it, but it is not built here. Nothing is ever ignored in silence.',
    cure: 'The message names what is missing. The pages [coming from Spark](from-spark.md) and [streaming](streaming.md) tell what to use instead.',
  },
  QUERY_TOO_COMPLEX: {
    cause: 'The query is nested deeper, or is larger, than the planner takes.',
    cure: 'Break it up: write or cache an intermediate result and go on from there.',
  },
  DIVIDE_BY_ZERO: {
    cause: 'A number was divided by 0 in ANSI mode, which is the default.',
    cure: 'Use `try_divide(a, b)` or `a / nullif(b, 0)`, which give NULL.',
  },
  REMAINDER_BY_ZERO: {
    cause: 'A remainder by 0 in ANSI mode, which is the default.',
    cure: 'Use `try_mod(a, b)` or `a % nullif(b, 0)`, which give NULL.',
  },
  ARITHMETIC_OVERFLOW: {
    cause: 'A result does not fit its type: `int` ends at 2,147,483,647, for instance.',
    cure: 'Cast an operand to a larger type first (`cast(a as bigint) * b`), or use `try_add`, `try_multiply` and the like, which give NULL.',
  },
  NUMERIC_VALUE_OUT_OF_RANGE: {
    cause: 'A decimal does not fit its precision and scale.',
    cure: 'Declare more digits, as in `decimal(20, 2)`, or use `try_cast`.',
  },
  CAST_INVALID_INPUT: {
    cause: 'A text is no value of the type that it is cast to, in ANSI mode.',
    cure: "Use `try_cast`, which gives NULL, or clean the text (`trim`, `nullif(x, '')`, `regexp_replace`) before the cast.",
  },
  CAST_OVERFLOW: {
    cause: 'A number is too large for the type that it is cast to, in ANSI mode.',
    cure: 'Cast to a larger type, or use `try_cast`.',
  },
  CANNOT_PARSE_TIMESTAMP: {
    cause: 'A text does not have the form that the pattern says.',
    cure: 'Correct the pattern, or use `try_to_timestamp`, which gives NULL.',
  },
  SCALAR_SUBQUERY_TOO_MANY_ROWS: {
    cause: 'A subquery that stands for one value gave several rows.',
    cure: 'Aggregate it, limit it to a row, or compare with IN.',
  },
  INVALID_ARRAY_INDEX: {
    cause: 'An array was asked for an element that it does not have, in ANSI mode.',
    cure: 'Use `get(a, i)`, which gives NULL.',
  },
  INVALID_ARRAY_INDEX_IN_ELEMENT_AT: {
    cause: 'An array was asked for an element that it does not have, in ANSI mode.',
    cure: 'Use `try_element_at(a, i)`, which gives NULL.',
  },
  DUPLICATED_MAP_KEY: {
    cause: 'A map would have had a key twice.',
    cure: 'Set `mapKeyDedupPolicy` to `LAST_WIN`, or remove the repeated keys first.',
  },
  TABLE_OR_VIEW_ALREADY_EXISTS: {
    cause: 'The database has a table or view of that name.',
    cure: 'Write `IF NOT EXISTS` or `CREATE OR REPLACE VIEW`, drop the old one, or take another name.',
  },
  CONCURRENT_CATALOG_CHANGE: {
    cause:
      'Another process changed the same table, view or database at the same time and was first. Nothing of this statement was done.',
    cure: 'Run the statement again.',
  },
  INCOMPATIBLE_DATA_FOR_TABLE: {
    cause: 'The columns of the rows do not fit those of the table, by name or by type.',
    cure: 'Name the columns (`INSERT INTO t (a, b) …`) or insert `BY NAME`, and cast what the message names.',
  },
  CAST_OVERFLOW_IN_TABLE_INSERT: {
    cause: 'A value is too large for the column that it is inserted into.',
    cure: 'Give the column a larger type, or insert `try_cast(x as …)`.',
  },
  DATA_SOURCE_NOT_FOUND: {
    cause: 'There is no format of that name.',
    cure: 'Take one that the message lists; formats of Spark that are not built are told by `UNSUPPORTED_FEATURE`.',
  },
  PATH_NOT_FOUND: {
    cause:
      'There is no such file or folder, or a pattern fits none. Relative paths begin at the working directory of the process.',
    cure: 'Check the path from the folder in which the program runs, and put a pattern in quotes in a shell.',
  },
  PATH_ALREADY_EXISTS: {
    cause: 'The folder that is written to exists, and the mode is the default, `errorifexists`.',
    cure: "Say `mode('overwrite')`, `mode('append')` or `mode('ignore')`.",
  },
  UNABLE_TO_INFER_SCHEMA: {
    cause: 'The folder holds no file to find the columns in; files that begin with `_` or `.` do not count.',
    cure: "Check the path, or say the columns: `session.read.schema('id bigint, name string')`.",
  },
  UNKNOWN_FILE_FORMAT: {
    cause: 'A file in quotes is a table of the format that the end of its name tells, and this one tells none.',
    cure: 'Name the format: ``select * from csv.`data.txt` ``, or use a reader with options.',
  },
  INVALID_OPTION: {
    cause: 'An option is misspelt, or its value is none that it takes.',
    cure: 'The page of the format lists its options: [text files](text-files.md), [Parquet](parquet.md), [Kafka](kafka.md).',
  },
  INVALID_ROW_VALUE: {
    cause: 'A row given to `createDataFrame` has a value that does not fit the declared type.',
    cure: 'The message names row and column; [programs](programs.md#what-rows-hold) tells which value each type takes.',
  },
  FAILED_READ_FILE: {
    cause: 'A file is damaged, cut, or not of the format that it is read as.',
    cure: 'Get the file again, or read it with the right format or compression.',
  },
  FAILED_WRITE_FILE: {
    cause: 'The file system refused to write: the disk is full, or there is no right to the folder.',
    cure: 'Make room or choose another folder. What the job wrote is not visible to readers here.',
  },
  MALFORMED_RECORD_IN_PARSING: {
    cause:
      'A row of CSV or JSON does not fit the schema, and the mode is `FAILFAST`. Of a row in a file the message ends with that file and the line, which `error.place` has, too.',
    cure: 'Use `PERMISSIVE` with a column `_corrupt_record` in the schema to see such rows, or `DROPMALFORMED` to leave them out.',
  },
  FOLDER_IN_USE: {
    cause: 'Another process uses the folder, which only one may.',
    cure: 'Stop that process, or take another folder (`millrace broker --dir`).',
  },
  POSTGRES_UNAVAILABLE: {
    cause:
      'The server cannot be reached, ended the connection, or takes no more of them. Tasks are tried again a few times.',
    cure: 'Check the host and the port of `url` or `connectionString`, and the number of connections that the server allows.',
  },
  POSTGRES_AUTHENTICATION_FAILED: {
    cause: 'The server does not take the user or the password.',
    cure: 'Check the options `user` and `password`, and what `pg_hba.conf` of the server says.',
  },
  POSTGRES_CERTIFICATE_NOT_TRUSTED: {
    cause: 'With `sslmode` `verify-ca` or `verify-full` the certificate has to be of a known root, and of the host.',
    cure: 'Name the root by `sslrootcert` in the URL; see [PostgreSQL](postgresql.md#connections).',
  },
  POSTGRES_VALUE_OUT_OF_RANGE: {
    cause: 'PostgreSQL has infinite days and moments, and decimals that are NaN; the types here have none.',
    cure: "Leave them out, or have the server replace them: `dbtable` may be a query, `(select nullif(at, 'infinity') as at from t) q`.",
  },
  KAFKA_UNAVAILABLE: {
    cause: 'None of the servers answers: the address is wrong, or the cluster is down.',
    cure: 'Check `kafka.bootstrap.servers`. For development, `npx millrace broker` is a cluster of one process.',
  },
  KAFKA_AUTHENTICATION_FAILED: {
    cause: 'The cluster does not take the user, the password or the mechanism.',
    cure: 'Check `kafka.security.protocol`, `kafka.sasl.mechanism` and `kafka.sasl.jaas.config`; see [Kafka](kafka.md#connections-and-security).',
  },
  KAFKA_CERTIFICATE_NOT_TRUSTED: {
    cause: 'The certificate of the cluster is signed by nobody that is trusted, or is for another host.',
    cure: 'Give the authority in PEM by `kafka.ssl.truststore.location`.',
  },
  UNKNOWN_TOPIC_OR_PARTITION: {
    cause: 'The cluster has no such topic or partition.',
    cure: 'Look at `npx millrace topics list`, and make it with `npx millrace topics create name:4`.',
  },
  KAFKA_DATA_LOSS: {
    cause: 'Records were deleted before they were read, by retention or with their topic.',
    cure: 'Read more often or keep records longer. `failOnDataLoss` `false` goes on with what is left.',
  },
  KAFKA_PRODUCER_FENCED: {
    cause:
      'A task that was given up went on to write, another start of the query took over, or a transaction took too long.',
    cure: 'None for the first two. Else give `kafka.transaction.timeout.ms` more, or batches less (`maxOffsetsPerTrigger`).',
  },
  KAFKA_TRANSACTIONS_LOST: {
    cause:
      'Brokers gave up transactions that a batch had prepared, mostly since the query was down for longer than their time. The batch was run again, some times.',
    cure: 'Start the query again, with the same options of its source: it writes again what was lost, and nothing else.',
  },
  KAFKA_MESSAGE_TOO_LARGE: {
    cause: 'A record is larger than the cluster takes.',
    cure: 'Raise `max.message.bytes` of the topic, or send less in one record.',
  },
  CHECKPOINT_LOCATION_REQUIRED: {
    cause: 'The sink keeps its output when the session ends, so the query must know where it was.',
    cure: "Give `option('checkpointLocation', folder)`, or set `streaming.checkpointLocation`.",
  },
  STREAMING_QUERY_NOT_STARTED: {
    cause: 'A DataFrame that reads a stream never ends, so it cannot be collected, counted or written as a batch.',
    cure: "Start it: `frame.writeStream. … .start()`; `format('memory')` or `foreachBatch` give rows to look at.",
  },
  STREAMING_OUTPUT_MODE: {
    cause: 'The output mode does not fit the query or the sink.',
    cure: 'The table in [streaming](streaming.md#output-modes) tells which does. Aggregates in `append` need a watermark on one of their keys.',
  },
  STREAMING_BATCH_EXCEEDS_MEMORY: {
    cause:
      'Rows of a state leave the memory for disk, those excepted that the batch touches, and these are more than a task may hold. The message tells what each operator holds and has reserved. Nothing is lost: the batch is not committed.',
    cure: 'Start the query once with more `executor.memory`, fewer threads, or more `shuffle.partitions`. The batch keeps its offsets, so a bound of batches (`maxOffsetsPerTrigger`, `maxFilesPerTrigger`) helps only those that come later: give one with that start, or from the first.',
  },
  STREAM_FAILED: {
    cause: 'A streaming query ended with an error, which is the `cause`.',
    cure: 'Mend the cause and start the query again with the same checkpoint: it goes on where it was.',
  },
  STREAMING_STATE_MISMATCH: {
    cause:
      'The query was changed in a way in which it cannot go on from the state in its checkpoint: other keys or windows, an aggregate that is gone or computed otherwise, another operator.',
    cure: 'Undo the change, or start anew with another `checkpointLocation`. [Changing a query](streaming.md#changing-a-query) says what may be changed.',
  },
  STREAMING_CHECKPOINT_MISMATCH: {
    cause: 'The checkpoint was made by a query that reads other topics or files.',
    cure: 'Take a new `checkpointLocation` for a query that changed.',
  },
  TOKEN_REFUSED: {
    cause: 'The token was right once: it has expired, or was revoked.',
    cure: 'Ask who has the secret of the cluster for another (`millrace token create`).',
  },
  STATE_KEY_UNKNOWN: {
    cause:
      'The state of the stream was encrypted, and its key is not in the file that `checkpoint.encryption.keyFile` names, or no file is named.',
    cure: 'Name the file that the stream was started with before. After a change of keys the old one is a further line of the file.',
  },
  STREAMING_CHECKPOINT_CORRUPT: {
    cause: 'A file of the checkpoint is missing, cut or changed.',
    cure: 'Restore it from a copy, or begin with a new `checkpointLocation`.',
  },
  CONCURRENT_STREAM_LOG_UPDATE: {
    cause: 'Another query, or the same one started twice, took the checkpoint over.',
    cure: 'Run one query for each checkpoint.',
  },
  CONCURRENT_QUERY: {
    cause: 'An active query of the session has the same name or checkpoint.',
    cure: 'Stop it first, or take another name.',
  },
  FOREACH_BATCH_USER_FUNCTION_ERROR: {
    cause: 'Your `foreachBatch` function threw; what it threw is the `cause`.',
    cure: 'Mend it. The batch is given again, with the same id and rows, at the next start.',
  },
  FAILED_EXECUTE_UDF: {
    cause: 'Your function threw. The message has the file and the line.',
    cure: 'Mostly it did not expect NULL, which comes as `null`. `error.cause` has the whole stack.',
  },
  INVALID_UDF_RESULT: {
    cause: 'Your function gave a value that is none of the type it was declared with.',
    cure: 'Change the type, or what it returns; [functions of your own](user-functions.md#values) tells which values fit.',
  },
  UDF_FREE_VARIABLES: {
    cause: 'Your function uses a variable from around it, which the thread that runs it does not have.',
    cure: 'Declare it in `values`, or export the function from a module; see [functions of your own](user-functions.md#where-the-code-comes-from).',
  },
  CANNOT_LOAD_USER_FUNCTION: {
    cause: 'The module of your function could not be imported where it runs, or does not export it.',
    cure: 'Check the name and the path; TypeScript needs Node 22.18, or `--import tsx`.',
  },
  UNABLE_TO_ACQUIRE_MEMORY: {
    cause:
      'A task needs more memory at once than its executor may hold, after all that can go to disk is there. The message tells which operators hold it.',
    cure: 'Raise `executor.memory`, use fewer threads (`local[2]`), or make rows smaller; see [tuning](tuning.md#memory).',
  },
  RESULT_TOO_LARGE: {
    cause: 'The result of `collect` or the like is larger than the driver may hold.',
    cure: 'Take rows one by one with `toLocalIterator()`, write them to files, or raise `driver.maxResultSize`.',
  },
  INVALID_MASTER: {
    cause: 'The master is none of those that there are.',
    cure: 'Write `local`, `local[4]`, `local[*]`, `local-cluster[2,2,1024]` or `millrace://host:7077`. Kubernetes is not built.',
  },
  MASTER_UNREACHABLE: {
    cause: 'No master listens at the address, a firewall is in between, or something else listens there.',
    cure: 'Start `millrace master --host ADDRESS --port PORT` with an address that this machine reaches, and look at what it printed.',
  },
  CANNOT_LISTEN: {
    cause: 'Another process listens at this port, or the host is not an address of this machine.',
    cure: 'Name another port, or 0 for any that is free, where the command or setting takes one, and for `--host` and `driver.host` an address of this machine that the others reach.',
  },
  DRIVER_UNREACHABLE: {
    cause: 'The driver does not listen at the address that the executor was given, or a firewall is in between.',
    cure: 'Set `driver.host` to an address of the driver that the machines of its executors reach. An executor that joins by hand takes the address that the session printed.',
  },
  SECRET_MISMATCH: {
    cause:
      'Master, workers and programs of a cluster need the same secret, and so do a session and executors that join it by hand. Each side proves that it has it before anything else is said.',
    cure: 'Copy the file of the secret to all machines, and name it by `MILLRACE_SECRET_FILE` or `--secret-file`.',
  },
  CERTIFICATE_REFUSED: {
    cause:
      'With TLS both sides show certificates. One of them is not of the authority that the other one trusts, has expired, is not made for the address that was connected to, or is missing.',
    cure: 'Look at the reason, and make the certificates anew, of one authority and for all addresses by which a machine is reached.',
  },
  TLS_MISMATCH: {
    cause: 'All parts of a cluster speak TLS, or none does.',
    cure: 'Give certificates to the side that has none.',
  },
  PROTOCOL_VERSION_MISMATCH: {
    cause: 'The two are of releases that do not understand each other.',
    cure: 'Install the same release of Millrace on all machines, and start the master and the workers again.',
  },
  NOT_A_PEER: {
    cause: 'Another program listens at the address, or a release of Millrace that is too old to say so.',
    cure: 'Look at the host and the port: those that `millrace master` or the session printed.',
  },
  MALFORMED_MESSAGE: {
    cause:
      'A process that has the secret of the cluster or the application sends what this release does not know: it is of another release, or no Millrace. Only that connection ends.',
    cure: 'Install the same release of Millrace on all machines. If they have it, report this.',
  },
  SEALED_OTHERWISE: {
    cause:
      'Secrets and keys travel encrypted with the secret of the cluster, the application or the token. The sender has another one, or the bytes were changed on their way.',
    cure: 'Give all machines the same secret, and users the tokens that were made from it.',
  },
  REQUEST_REFUSED: {
    cause: 'The query that needed it ended meanwhile, or what asks does not belong to the application.',
    cure: 'None, when the query was cancelled. Otherwise look at which processes know the secret.',
  },
  CLUSTER_REFUSES: {
    cause: 'Executors of the application ended again and again, soon after their start.',
    cure: 'The message has the last words of the last one. DRIVER_UNREACHABLE: set `driver.host` to an address of this machine that the workers reach. CANNOT_LISTEN: start the worker with an address of its own as `--host`.',
  },
  ARCHIVE_REFUSED: {
    cause:
      'The code of the program is too large or has links that lead elsewhere, there is no room for it, or its bytes are not those that were sent: a disk or a network damaged them.',
    cure: 'Keep the program in a folder of its own, without data and packages for development. If it is damaged, submit it again.',
  },
  SUBMISSION_REFUSED: {
    cause: 'The master has as many drivers as it takes, or what was asked for the driver makes no sense.',
    cure: 'Look at the reason; `millrace status` lists the drivers, `millrace submit --kill ID` ends one.',
  },
  DRIVER_NOT_FOUND: {
    cause: 'The id is misspelt, or the driver ended so long ago that the master has forgotten it.',
    cure: 'Look at the ids that `millrace status` lists.',
  },
  CLUSTER_MEMBER_NOT_FOUND: {
    cause:
      'The id is misspelt, what had it has gone, or it is an executor that joined its session by hand, which no master knows.',
    cure: 'Look at the ids that `millrace status` lists; `millrace executor` goes with SIGTERM.',
  },
  CLUSTER_WORKER_AWAY: {
    cause: 'The worker lost its connection, or the master was started again and the worker is not back yet.',
    cure: 'Ask again when `millrace status` shows the worker as connected, or end its process; what does not come back within `millrace master --timeout` counts as gone.',
  },
  DRIVER_NOT_STARTED: {
    cause: 'No worker has the cores and the memory that the driver asks for, or its code is still on its way.',
    cure: 'Ask for less by `--driver-cores` and `--driver-memory`, start a worker, or wait. `millrace submit --kill ID` takes it back.',
  },
  DRIVER_FAILED: {
    cause:
      'The program of the driver ended with a failure, or its worker was lost. The message tells its last words; "before a session of it joined the cluster" means that it did not come to use the cluster at all.',
    cure: 'Read what it printed in `drivers` of the folder of its worker (`millrace worker --dir`), or run it in client mode. `--supervise` starts a driver again that fails.',
  },
  CANNOT_WRITE_EVENT_LOG: {
    cause: 'The folder of the setting `eventLog.dir` cannot be made, or nothing can be written there.',
    cure: 'Set it to a folder that this user may write to, or `eventLog.enabled` to `false`.',
  },
  EXECUTORS_NOT_STARTED: {
    cause:
      'No worker has the cores and the memory that an executor was asked with, or executors do not reach the driver.',
    cure: 'See `millrace status`. Start a worker, ask for less (`executor.cores`, `executor.memory`), or wait longer for what others give back (`executor.wait`). If executors were started, set `driver.host` to an address of this machine that the workers reach.',
  },
  SECRET_MISSING: {
    cause:
      'What joins a cluster or an application shows a secret, so that strangers cannot have code run or read rows.',
    cure: 'Make one, `(umask 077; openssl rand -hex 32 > secret)`, and set `MILLRACE_SECRET_FILE=secret` wherever a part of the cluster is started.',
  },
  INVALID_CONF_KEY: {
    cause: 'There is no such setting; what Spark has and Millrace has not is refused.',
    cure: "[Configuration](configuration.md) lists all settings, under our names and Spark's.",
  },
  CANNOT_MODIFY_STATIC_CONFIG: {
    cause: 'The setting is fixed when the session starts.',
    cure: 'Give it to `Session.builder().config(key, value)`, or to `--config key=value`.',
  },
  OPERATION_CANCELED: {
    cause: 'The query was cancelled: by Ctrl-C, by `session.interruptAll()`, or as its session was stopped.',
    cure: 'Nothing; run it again if it is still wanted.',
  },
  SESSION_CLOSED: {
    cause: 'The session was stopped before the query, often since an `await` is missing before the last action.',
    cure: 'Await every action before `session.stop()`.',
  },
  TASK_RETRIES_EXHAUSTED: {
    cause:
      'A task failed for a reason outside of the engine as often as `task.maxFailures` says. The message has the last reason.',
    cure: 'Look up the condition of that reason.',
  },
  ALL_EXECUTORS_EXCLUDED: {
    cause:
      'With `excludeOnFailure.enabled`, tasks failed on every executor or host so often that none of them gets this task any more.',
    cure: 'See to what failed last. Where it passes, allow more with `excludeOnFailure.task.maxTaskAttemptsPerExecutor`, or have jobs wait for other executors with `scheduler.excludeOnFailure.unschedulableTaskSetTimeout`.',
  },
  BARRIER_TOO_FEW_SLOTS: {
    cause:
      'A function that is called with `barrier: true` has more partitions than the session has slots, those of executors left out that are excluded.',
    cure: 'Have fewer partitions before it (`repartition(n)`), or more slots. On a cluster a job waits `scheduler.barrier.maxConcurrentTasksCheck.maxFailures` times its `interval` for more.',
  },
  BARRIER_SYNC_TIMEOUT: {
    cause:
      'A task took longer to reach the barrier than `barrier.sync.timeout`. All tasks of the stage are run again, as after another failure.',
    cure: 'Allow more time, or divide the rows more evenly.',
  },
  BARRIER_SYNC_MISMATCH: {
    cause: 'The function takes another way in some partitions than in others.',
    cure: 'Call the same methods of the context in the same order in each partition.',
  },
  BARRIER_TASK_ENDED: {
    cause:
      'The function returned in one partition, or a LIMIT behind it had enough rows, before it came to a barrier at which others wait.',
    cure: 'Call the context equally often in each partition, also in one without rows; take the first rows of what was collected.',
  },
  BARRIER_OUTPUT_LOST: {
    cause:
      'An executor was lost while the result of a query with `barrier: true` was being taken. Everything behind the stage would be run again, so that nothing is of two runs, but some rows are with the program already.',
    cure: 'Run the query again; write or cache the result first where it is taken slowly.',
  },
  NO_EXECUTORS: {
    cause: 'All executor processes of a local cluster ended, mostly for lack of memory.',
    cure: 'Look into the log lines on standard error; give fewer executors or less memory to each.',
  },
  TASK_THREAD_DIED: {
    cause:
      'A worker thread ended, mostly as the machine has less memory than `executor.memory` says, or as a function of yours called `process.exit`.',
    cure: 'Lower `executor.memory` to what the machine has.',
  },
  EXECUTOR_LOST: {
    cause: 'An executor process ended or did not answer for `executor.timeout`. Its tasks run again elsewhere.',
    cure: 'Nothing when it happens once; when often, the machine lacks memory.',
  },
  INTERNAL_ERROR: {
    cause: 'A bug of Millrace.',
    cure: 'Please report it, with the stack that `--verbose`, or `error.engineStack`, gives.',
  },
}
