/** Stages are the workspace's own words; the first letter is raised, the rest left as written. */
export function Stage({ stage }: { stage: string }) {
  return <span class="stage">{stage.charAt(0).toUpperCase() + stage.slice(1)}</span>
}

export function Tags({ tags }: { tags: string[] }) {
  return (
    <ul class="tags" aria-label="Tags">
      {tags.map((tag) => (
        <li>{tag}</li>
      ))}
    </ul>
  )
}
