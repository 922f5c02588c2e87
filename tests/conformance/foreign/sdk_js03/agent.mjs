// An agent of @a2a-js/sdk 0.3.

import { randomUUID } from "node:crypto";
import express from "express";
import { AGENT_CARD_PATH } from "@a2a-js/sdk";
import {
  DefaultPushNotificationSender,
  DefaultRequestHandler,
  InMemoryPushNotificationStore,
  InMemoryTaskStore,
} from "@a2a-js/sdk/server";
import { agentCardHandler, jsonRpcHandler, UserBuilder } from "@a2a-js/sdk/server/express";
import { examples, scene, serve } from "../programs/scenes.mjs";

function part(content) {
  const file = { name: "output.txt", mimeType: "text/plain" };
  if ("text" in content) return { kind: "text", text: content.text };
  if ("file" in content) {
    return { kind: "file", file: { ...file, bytes: Buffer.from(content.file).toString("base64") } };
  }
  if ("url" in content) return { kind: "file", file: { ...file, uri: content.url } };
  return { kind: "data", data: content.data };
}

class SceneExecutor {
  atWork = new Set();
  contexts = new Map();
  canceled = new Set();

  // A task at work ends by itself at its next step, and one that asks ends here.
  cancelTask = async (taskId, eventBus) => {
    if (this.atWork.has(taskId)) {
      this.canceled.add(taskId);
      return;
    }
    const contextId = this.contexts.get(taskId);
    const status = { state: "canceled", timestamp: new Date().toISOString() };
    eventBus.publish({ kind: "status-update", taskId, contextId, status, final: true });
    eventBus.finished();
  };

  async execute({ taskId, contextId, userMessage, task }, eventBus) {
    const text = userMessage.parts.map((one) => (one.kind === "text" ? one.text : "")).join("");
    const steps = scene(userMessage.messageId, text);
    const message = (text) => ({
      kind: "message",
      messageId: randomUUID(),
      role: "agent",
      parts: [part({ text })],
      contextId,
    });
    if (steps[0].message) {
      eventBus.publish(message(steps[0].message));
      eventBus.finished();
      return;
    }
    const status = (state, text) => ({
      state,
      timestamp: new Date().toISOString(),
      ...(text ? { message: { ...message(text), taskId } } : {}),
    });
    const update = (state, text, final) =>
      eventBus.publish({ kind: "status-update", taskId, contextId, status: status(state, text), final });
    if (!task) {
      const first = { kind: "task", id: taskId, contextId, history: [userMessage] };
      eventBus.publish({ ...first, status: status("submitted") });
    }
    update("working", "", false);
    this.atWork.add(taskId);
    this.contexts.set(taskId, contextId);
    for (const step of steps) {
      if (this.canceled.delete(taskId)) {
        update("canceled", "", true);
        break;
      }
      if (step.pause) {
        await new Promise((resolve) => setTimeout(resolve, 1000 * step.pause));
      } else if (step.artifact) {
        eventBus.publish({
          kind: "artifact-update",
          taskId,
          contextId,
          artifact: { artifactId: "answer", parts: [part(step.artifact)] },
          append: step.append ?? false,
          lastChunk: step.last ?? true,
        });
      } else {
        update(step.end, step.text, true);
      }
    }
    this.atWork.delete(taskId);
    eventBus.finished();
  }
}

serve((url) => {
  const modes = ["text/plain"];
  const card = {
    name: "sdk_js03",
    description: "Does what the messageId says, or repeats the text.",
    url,
    version: "1.0.0",
    protocolVersion: "0.3.0",
    preferredTransport: "JSONRPC",
    capabilities: { streaming: true, pushNotifications: true },
    defaultInputModes: modes,
    defaultOutputModes: modes,
    skills: [{ id: "repeat", name: "Repeat", description: "Repeats.", tags: ["a"], examples }],
  };
  const store = new InMemoryPushNotificationStore();
  const requestHandler = new DefaultRequestHandler(
    card,
    new InMemoryTaskStore(),
    new SceneExecutor(),
    undefined,
    store,
    new DefaultPushNotificationSender(store),
  );
  const app = express();
  app.use(`/${AGENT_CARD_PATH}`, agentCardHandler({ agentCardProvider: requestHandler }));
  app.use("/", jsonRpcHandler({ requestHandler, userBuilder: UserBuilder.noAuthentication }));
  return app;
});
