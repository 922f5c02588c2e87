// An agent of @a2a-js/sdk 1.x, in 1.0 and, through the SDK's compatibility, in 0.3.

import { randomUUID } from "node:crypto";
import express from "express";
import { AGENT_CARD_PATH, Role, TaskState } from "@a2a-js/sdk";
import { createLegacyAwarePushNotificationSender } from "@a2a-js/sdk/compat/v0_3/server";
import {
  AgentEvent,
  DefaultRequestHandler,
  InMemoryPushNotificationStore,
  InMemoryTaskStore,
} from "@a2a-js/sdk/server";
import { agentCardHandler, jsonRpcHandler, UserBuilder } from "@a2a-js/sdk/server/express";
import { examples, scene, serve } from "../programs/scenes.mjs";

function part(content) {
  const none = { metadata: undefined, filename: "", mediaType: "" };
  const file = { ...none, filename: "output.txt", mediaType: "text/plain" };
  if ("text" in content) return { ...none, content: { $case: "text", value: content.text } };
  if ("file" in content)
    return { ...file, content: { $case: "raw", value: Buffer.from(content.file) } };
  if ("url" in content) return { ...file, content: { $case: "url", value: content.url } };
  return { ...none, content: { $case: "data", value: content.data } };
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
    const status = { state: TaskState.TASK_STATE_CANCELED, message: undefined, timestamp: new Date().toISOString() };
    eventBus.publish(AgentEvent.statusUpdate({ taskId, contextId, status, metadata: undefined }));
    eventBus.finished();
  };

  async execute({ taskId, contextId, userMessage, task }, eventBus) {
    const said = userMessage.parts.map((one) => (one.content?.$case === "text" ? one.content.value : ""));
    const steps = scene(userMessage.messageId, said.join(""));
    const message = (text) => ({
      messageId: randomUUID(),
      contextId,
      taskId: "",
      role: Role.ROLE_AGENT,
      parts: [part({ text })],
      metadata: undefined,
      extensions: [],
      referenceTaskIds: [],
    });
    if (steps[0].message) {
      eventBus.publish(AgentEvent.message(message(steps[0].message)));
      eventBus.finished();
      return;
    }
    const status = (name, text) => ({
      state: TaskState[`TASK_STATE_${name.toUpperCase().replace("-", "_")}`],
      message: text ? { ...message(text), taskId } : undefined,
      timestamp: new Date().toISOString(),
    });
    const update = (name, text) =>
      eventBus.publish(
        AgentEvent.statusUpdate({ taskId, contextId, status: status(name, text), metadata: undefined }),
      );
    const first = { id: taskId, contextId, artifacts: [], history: [userMessage], metadata: undefined };
    eventBus.publish(AgentEvent.task({ ...(task ?? first), status: status("submitted") }));
    update("working");
    this.atWork.add(taskId);
    this.contexts.set(taskId, contextId);
    for (const step of steps) {
      if (this.canceled.delete(taskId)) {
        update("canceled");
        break;
      }
      if (step.pause) {
        await new Promise((resolve) => setTimeout(resolve, 1000 * step.pause));
      } else if (step.artifact) {
        eventBus.publish(
          AgentEvent.artifactUpdate({
            taskId,
            contextId,
            artifact: {
              artifactId: "answer",
              name: "",
              description: "",
              parts: [part(step.artifact)],
              metadata: undefined,
              extensions: [],
            },
            append: step.append ?? false,
            lastChunk: step.last ?? true,
            metadata: undefined,
          }),
        );
      } else {
        update(step.end, step.text);
      }
    }
    this.atWork.delete(taskId);
    eventBus.finished();
  }
}

serve((url) => {
  const modes = ["text/plain"];
  const card = {
    name: "sdk_js10",
    description: "Does what the messageId says, or repeats the text.",
    version: "1.0.0",
    supportedInterfaces: [
      { url, protocolBinding: "JSONRPC", tenant: "", protocolVersion: "1.0" },
      { url, protocolBinding: "JSONRPC", tenant: "", protocolVersion: "0.3" },
    ],
    provider: undefined,
    capabilities: { streaming: true, pushNotifications: true, extensions: [] },
    securitySchemes: {},
    securityRequirements: [],
    defaultInputModes: modes,
    defaultOutputModes: modes,
    skills: [
      {
        id: "repeat",
        name: "Repeat",
        description: "Repeats.",
        tags: ["a"],
        examples,
        inputModes: modes,
        outputModes: modes,
        securityRequirements: [],
      },
    ],
    signatures: [],
  };
  const store = new InMemoryPushNotificationStore();
  const requestHandler = new DefaultRequestHandler(
    card,
    new InMemoryTaskStore(),
    new SceneExecutor(),
    undefined,
    store,
    createLegacyAwarePushNotificationSender(store),
  );
  const legacyCompat = { enabled: true };
  const app = express();
  app.use(`/${AGENT_CARD_PATH}`, agentCardHandler({ agentCardProvider: requestHandler, legacyCompat }));
  const userBuilder = UserBuilder.noAuthentication;
  app.use("/", jsonRpcHandler({ requestHandler, userBuilder, legacyCompat }));
  return app;
});
