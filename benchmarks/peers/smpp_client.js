// The client of npm's smpp: a callback for each message, a window counted beside it.
"use strict";

const smpp = require("smpp");

const task = JSON.parse(process.argv[process.argv.length - 1]);
const total = task.warm_up + task.count;
const text = "Hello Alice, your code is 123456. Reply STOP to opt out. Thanks!";
let goal = task.warm_up;
let submitted = 0, answered = 0, receipted = 0, began = 0n;

const session = smpp.connect({ host: "127.0.0.1", port: task.port });

function fill() {
  while (submitted < goal && submitted - answered < task.window) {
    if (submitted === task.warm_up) began = process.hrtime.bigint();
    session.submit_sm({
      source_addr_ton: 5,
      source_addr: "SENDER",
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      destination_addr: "336" + (10000000 + submitted),
      short_message: text,
      registered_delivery: 1,
    }, (response) => {
      if (response.command_status !== 0) throw new Error("refused");
      answered += 1;
      look();
    });
    submitted += 1;
  }
}

function look() {
  if (answered >= goal && (!task.receipts || receipted >= goal)) {
    if (goal === total) {
      const seconds = Number(process.hrtime.bigint() - began) / 1e9;
      console.log(JSON.stringify({ rate: task.count / seconds }));
      process.exit(0);
    }
    goal = total;
  }
  fill();
}

session.on("connect", () => {
  session.bind_transceiver({ system_id: "bench", password: "bench" }, () => look());
});
session.on("deliver_sm", (pdu) => {
  session.send(pdu.response());
  receipted += 1;
  look();
});
