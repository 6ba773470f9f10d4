import { liveThrough } from "../terminal/lifetime.ts";
import { hashcash } from "./entry.ts";

// The whole of dist/hashcash.cjs: it has neither the other commands nor their reader of options.
liveThrough(() => hashcash(process.argv.slice(3)));
