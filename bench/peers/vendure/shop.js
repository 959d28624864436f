// A Vendure with its own search and job queue, on PostgreSQL. See bench/peers.md.
//
//   node shop.js populate initial.json products.csv     makes the tables, imports, builds the search index, ends
//   node shop.js serve [processes]                      answers at http://127.0.0.1:$PORT/shop-api
//
// DATABASE_URL names an empty database.
"use strict";
const cluster = require("node:cluster");
const path = require("node:path");
const { bootstrap, DefaultJobQueuePlugin, DefaultLogger, DefaultSearchPlugin, JobQueueService, LogLevel,
  RequestContextService, SearchJobBufferService, SearchService, TransactionalConnection } = require("@vendure/core");
const { populate } = require("@vendure/core/cli");

const config = (filling) => ({
  apiOptions: { hostname: "127.0.0.1", port: Number(process.env.PORT || 3000), shopApiPath: "shop-api",
    adminApiPath: "admin-api", cors: false },
  authOptions: { tokenMethod: ["bearer", "cookie"], cookieOptions: { secret: process.env.COOKIE_SECRET },
    superadminCredentials: { identifier: "superadmin", password: process.env.SUPERADMIN_PASSWORD } },
  dbConnectionOptions: { type: "postgres", url: process.env.DATABASE_URL, synchronize: filling },
  logger: new DefaultLogger({ level: LogLevel.Warn }),
  // Changes are collected while products come in, or each would be a job of its own.
  plugins: [DefaultJobQueuePlugin.init({}), DefaultSearchPlugin.init({ bufferUpdates: filling })],
});

async function fill(initial, products) {
  const app = await populate(() => bootstrap(config(true)), path.resolve(initial), path.resolve(products));
  await app.get(JobQueueService).start();
  await app.get(SearchJobBufferService).runPendingSearchUpdates();
  await settled(app);
  // Once more: products were put into collections while the index was made the first time.
  await app.get(SearchService).reindex(await app.get(RequestContextService).create({ apiType: "admin" }));
  await settled(app);
  const [{ indexed }] = await app.get(TransactionalConnection).rawConnection
    .query("SELECT count(*)::int AS indexed FROM search_index_item");
  console.log(`${indexed} entries in the search index`);
  await app.close();
}

async function settled(app) {
  for (let left = 1; left > 0;) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    [{ left }] = await app.get(TransactionalConnection).rawConnection
      .query('SELECT count(*)::int AS left FROM job_record WHERE NOT "isSettled"');
  }
}

function serve(processes) {
  if (cluster.isPrimary) {
    for (let one = 0; one < processes; one += 1) cluster.fork();
    cluster.on("exit", () => process.exit(1));
  } else {
    return bootstrap(config(false));
  }
}

const [command, ...words] = process.argv.slice(2);
for (const name of ["DATABASE_URL", "COOKIE_SECRET", "SUPERADMIN_PASSWORD"]) {
  if (!process.env[name]) throw new Error(`${name} is not set`);
}
if (command === "populate" && words.length === 2) {
  fill(...words).then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
} else if (command === "serve") {
  serve(Number(words[0] || 2));
} else {
  throw new Error("populate INITIAL.json PRODUCTS.csv, or serve [PROCESSES]");
}
